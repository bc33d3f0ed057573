// Timers, promises, the thread pool (pbkdf2) and garbage, all on node's event loop.
const crypto = require('crypto');
const fs = require('fs');
const rounds = Number(process.argv[2]);
let digest = Buffer.from('godwit');
let ticks = 0;
const ticker = setInterval(() => { ticks++; }, 5);

function derive(password, salt) {
  return new Promise((resolve, reject) =>
    crypto.pbkdf2(password, salt, 3000, 32, 'sha256', (error, key) => error ? reject(error) : resolve(key)));
}

(async () => {
  for (let i = 0; i < rounds; i++) {
    const keys = await Promise.all([0, 1, 2, 3].map((k) => derive(digest, String(i * 4 + k))));
    const objects = [];
    for (let j = 0; j < 2000; j++) objects.push({ j, text: 'x'.repeat(j % 50) });
    digest = crypto.createHash('sha256').update(Buffer.concat(keys)).update(String(objects.length)).digest();
    if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  clearInterval(ticker);
  if (ticks === 0) throw new Error('the timer never fired');
  fs.writeFileSync('result', digest.toString('hex') + '\n');
})().catch((error) => { console.error(error); process.exit(1); });
