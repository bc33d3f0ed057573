package io.godwit.app;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProfileView;
import io.godwit.policy.profile.ProfileText;
import io.godwit.simulator.Profiles;

/** {@code godwit profile}. */
final class ProfileCommand extends DaemonCommand {
  private final Text action;
  private final Text name;

  ProfileCommand(CommandIo io) {
    super(
        io,
        "profile",
        "Show the scheduling profiles, one choice for each axis of policy, or choose one.",
        "A profile that is chosen on one node is used by all nodes of the cluster, also by those",
        "that cannot be reached at the moment, as soon as they are.");
    action = argument("ACTION", "list, show, current (of this node), or use (root alone).");
    name =
        optionalArgument("NAME", "For show and use: a profile that comes with Godwit, or a file.");
    examples(
        "godwit profile list",
        "godwit profile show mosix",
        "godwit profile current",
        "sudo godwit profile use mosix",
        "sudo godwit profile use ./mine.toml");
  }

  @Override
  public Integer call() {
    switch (action.required()) {
      case "list" -> list();
      case "show" -> show(ProfileText.render(Profiles.find(name.required())));
      case "current" -> current();
      case "use" -> use(name.required());
      default ->
          throw action.bad("'" + action.required() + "' is none of list, show, current and use");
    }
    return 0;
  }

  private void current() {
    tell(ask(Method.PROFILE, new JsonObject()), "the profile in use is ");
  }

  private void use(String chosen) {
    JsonObject params = new JsonObject();
    params.addProperty("name", Profiles.find(chosen).name());
    params.addProperty("text", Profiles.text(chosen));
    tell(ask(Method.PROFILE, params), "from now on all nodes use the profile ");
  }

  private void tell(JsonObject result, String words) {
    io.out().println(json.given() ? JsonText.write(result) : words + ProfileView.of(result).name());
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
