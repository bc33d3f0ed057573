# Builds, sorts and digests a large hash; perl's hash order is seeded, so the keys are sorted.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
$SIG{ALRM} = sub { our $alarms++; alarm 1 };
alarm 1;
my ($rounds) = @ARGV;
my %count;
my $x = 12345;
for my $i (1 .. $rounds) {
  $x = ($x * 1103515245 + 12345) % 2147483648;
  $count{ $x % 50021 } += $i;
}
alarm 0;
open(my $out, '>', 'result') or die "result: $!";
print $out sha256_hex(join(',', map { "$_=$count{$_}" } sort { $a <=> $b } keys %count)), "\n";
close $out or die "result: $!";
