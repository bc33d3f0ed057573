package io.godwit.app;

import com.google.gson.JsonObject;
import io.godwit.app.Completions.Entry;
import io.godwit.app.Completions.Kind;
import io.godwit.app.Completions.Valued;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code godwit completion}: made from the commands' own declarations, so that it is complete. */
final class CompletionCommand extends CommandBody {
  private final Text shell;

  CompletionCommand(CommandIo io) {
    super(
        io,
        "completion",
        "Print the completion script for a shell.",
        "It completes commands, options, and the names of processes, jobs, nodes and queues that"
            + " the daemon knows at that moment.");
    shell = argument("SHELL", "bash or zsh.");
    examples(
        "source <(godwit completion bash)",
        "godwit completion zsh > ~/.zfunc/_godwit",
        "godwit completion bash | sudo tee /usr/share/bash-completion/completions/godwit");
  }

  @Override
  public Integer call() {
    String script =
        switch (shell.required()) {
          case "bash" -> bash(Completions.entries(io));
          case "zsh" -> zsh(Completions.entries(io));
          default -> throw shell.bad("'" + shell.required() + "' is neither bash nor zsh");
        };
    if (json.given()) {
      JsonObject document = new JsonObject();
      document.addProperty("shell", shell.required());
      document.addProperty("script", script);
      io.out().println(JsonText.write(document));
    } else {
      io.out().print(script);
    }
    return 0;
  }

  private static String bash(List<Entry> entries) {
    return """
    # bash completion for godwit
    _godwit_words() {
      case $1 in
    @SOURCES@  esac
    }
    _godwit_offer() {
      local each bare=${word//\\\\/}
      case $1 in
        files|program) compopt -o default; return ;;
      esac
      while IFS= read -r each; do
        [[ -n $each && $each == "$bare"* ]] && COMPREPLY+=("$(printf %q "$each")")
      done < <(_godwit_words "$1")
    }
    _godwit() {
      local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local command=${COMP_WORDS[1]} program=${COMP_WORDS[0]/#\\~/$HOME}
      local options= valued= arguments= kind= i argument=0
      local -a at=()
      COMPREPLY=()
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W '@NAMES@ --help --version' -- "$word"))
        return
      fi
      case $command in
    @CASES@  esac
      for ((i = 2; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == --socket && $((i + 1)) -lt $COMP_CWORD ]]; then
          at=(--socket "${COMP_WORDS[i+1]}")
        fi
        if [[ " $valued " == *" ${COMP_WORDS[i]} "* ]]; then
          ((i++))
        elif [[ ${COMP_WORDS[i]} != -* ]]; then
          ((argument++))
        fi
      done
      if [[ $previous == -* && " $valued " == *" $previous "* ]]; then
        case $command:$previous in
    @VALUES@    esac
        _godwit_offer "$kind"
        return
      fi
      kind=($arguments)
      if [ "${kind[0]-}" = program ] && [ "$argument" -gt 0 ]; then
        compopt -o default
      elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
      else
        _godwit_offer "${kind[argument]-nothing}"
      fi
    }
    complete -F _godwit godwit ./godwit
    """
        .replace("@NAMES@", entries.stream().map(Entry::name).collect(Collectors.joining(" ")))
        .replace("@SOURCES@", sources("\"$program\""))
        .replace("@CASES@", each(entries, CompletionCommand::declarations))
        .replace("@VALUES@", each(entries, CompletionCommand::values));
  }

  private static String zsh(List<Entry> entries) {
    return """
    #compdef godwit
    _godwit_words() {
      case $1 in
    @SOURCES@  esac
    }
    _godwit_offer() {
      case $1 in
        files) _files; return ;;
        program) _command_names -e; return ;;
      esac
      compadd -- ${(f)"$(_godwit_words $1)"}
    }
    _godwit() {
      local options valued arguments kind program=${(Q)words[1]}
      local -a commands at kinds
      local -i i argument=1
      commands=(
    @NAMES@  )
      if (( CURRENT == 2 )); then
        _describe command commands
        return
      fi
      case $words[2] in
    @CASES@  esac
      for (( i = 3; i < CURRENT; i++ )); do
        if [[ $words[i] == --socket ]] && (( i + 1 < CURRENT )); then
          at=(--socket ${(Q)words[i+1]})
        fi
        if [[ " $valued " == *" $words[i] "* ]]; then
          (( i++ ))
        elif [[ $words[i] != -* ]]; then
          (( argument++ ))
        fi
      done
      if [[ $words[CURRENT-1] == -* && " $valued " == *" $words[CURRENT-1] "* ]]; then
        case $words[2]:$words[CURRENT-1] in
    @VALUES@    esac
        _godwit_offer ${kind:-nothing}
        return
      fi
      kinds=(${=arguments})
      if [[ $kinds[1] == program ]] && (( argument > 1 )); then
        _files
      elif [[ $words[CURRENT] == -* ]]; then
        compadd -- ${=options}
      else
        _godwit_offer ${kinds[argument]:-nothing}
      fi
    }
    if [ "$funcstack[1]" = _godwit ]; then _godwit "$@"; else compdef _godwit godwit; fi
    """
        .replace("@NAMES@", each(entries, CompletionCommand::described))
        .replace("@SOURCES@", sources("${~program}"))
        .replace("@CASES@", each(entries, CompletionCommand::declarations))
        .replace("@VALUES@", each(entries, CompletionCommand::values));
  }

  private static String each(List<Entry> entries, Function<Entry, String> lines) {
    return entries.stream().map(lines).collect(Collectors.joining());
  }

  private static String described(Entry entry) {
    return "    '" + entry.name() + ":" + entry.summary().replace("'", "'\\''") + "'\n";
  }

  private static String declarations(Entry entry) {
    return "    "
        + entry.name()
        + ") options='"
        + String.join(" ", entry.options())
        + "' valued='"
        + entry.valued().stream()
            .flatMap(option -> option.names().stream())
            .collect(Collectors.joining(" "))
        + "' arguments='"
        + entry.arguments().stream().map(Kind::word).collect(Collectors.joining(" "))
        + "' ;;\n";
  }

  private static String values(Entry entry) {
    StringBuilder lines = new StringBuilder();
    for (Valued option : entry.valued()) {
      lines.append("      ");
      lines.append(
          option.names().stream()
              .map(name -> entry.name() + ":" + name)
              .collect(Collectors.joining("|")));
      lines.append(") kind=").append(option.kind().word()).append(" ;;\n");
    }
    return lines.toString();
  }

  /** Where the words of each kind come from. */
  private static String sources(String program) {
    StringBuilder lines = new StringBuilder();
    for (Kind kind : Kind.values()) {
      lines.append("    ").append(kind.word()).append(") ");
      lines.append(Completions.source(kind, program)).append(" ;;\n");
    }
    return lines.toString();
  }
}
