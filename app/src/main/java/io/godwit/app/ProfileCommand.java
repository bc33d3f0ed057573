package io.godwit.app;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import io.godwit.policy.profile.ProfileText;
import io.godwit.simulator.Profiles;

/** {@code godwit profile}. */
final class ProfileCommand extends CommandBody {
  private final Text action;
  private final Text name;

  ProfileCommand(CommandIo io) {
    super(io, "profile", "Show the scheduling profiles: one choice for each axis of policy.");
    action = argument("ACTION", "show, or list.");
    name = optionalArgument("NAME", "For show: a profile that comes with Godwit, or a file.");
    examples("godwit profile list", "godwit profile show mosix");
  }

  @Override
  public Integer call() {
    switch (action.required()) {
      case "list" -> list();
      case "show" -> show(ProfileText.render(Profiles.find(name.required())));
      default -> throw action.bad("'" + action.required() + "' is neither show nor list");
    }
    return 0;
  }

  private void list() {
    JsonArray names = new JsonArray();
    for (String each : Profiles.BUNDLED) {
      names.add(each);
    }
    if (json.given()) {
      JsonObject document = new JsonObject();
      document.add("profiles", names);
      io.out().println(JsonText.write(document));
    } else {
      Profiles.BUNDLED.forEach(io.out()::println);
    }
  }

  private void show(String text) {
    if (json.given()) {
      JsonObject document = new JsonObject();
      document.addProperty("name", name.required());
      document.addProperty("text", text);
      io.out().println(JsonText.write(document));
    } else {
      io.out().print(text.endsWith("\n") ? text : text + "\n");
    }
  }
}
