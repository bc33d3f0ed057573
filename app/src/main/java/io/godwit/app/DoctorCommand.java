package io.godwit.app;

import com.google.gson.JsonObject;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.JsonText;
import io.godwit.linux.doctor.Doctor;
import io.godwit.linux.doctor.Examination;

/** {@code godwit doctor}. */
final class DoctorCommand extends CommandBody {
  DoctorCommand(CommandIo io) {
    super(
        io,
        "doctor",
        "Try every feature of this machine that Godwit can use: whether it is there, what it is for,"
            + " what is lost without it, how to get it.");
    examples("sudo godwit doctor", "sudo godwit doctor --json");
  }

  @Override
  public Integer call() {
    Examination examination = Doctor.examine();
    if (json.given()) {
      JsonObject document = new JsonObject();
      document.add("features", examination.json());
      io.out().println(JsonText.write(document));
    } else {
      examination.lines().forEach(io.out()::println);
    }
    return 0;
  }
}
