package io.godwit.app;

import com.google.gson.JsonObject;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import java.util.List;

/** {@code godwit completion}: made from the commands' own declarations, so that it is complete. */
final class CompletionCommand extends CommandBody {
  private final Text shell;

  CompletionCommand(CommandIo io) {
    super(io, "completion", "Print the completion script for a shell.");
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
          case "bash" -> bash();
          case "zsh" -> zsh();
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

  private String bash() {
    StringBuilder cases = new StringBuilder();
    StringBuilder names = new StringBuilder();
    for (Commands.Entry entry : Commands.entries()) {
      names.append(names.isEmpty() ? "" : " ").append(entry.name());
      cases
          .append("    ")
          .append(entry.name())
          .append(") options='")
          .append(String.join(" ", options(entry)))
          .append("' ;;\n");
    }
    return """
        # bash completion for godwit
        _godwit() {
          local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options=
          COMPREPLY=()
          if [ "$COMP_CWORD" -eq 1 ]; then
            COMPREPLY=($(compgen -W '@NAMES@ --help --version' -- "$word"))
            return
          fi
          case ${COMP_WORDS[1]} in
        @CASES@  esac
          case $previous in
            --to|--on)
              COMPREPLY=($(compgen -W "$(godwit nodes 2>/dev/null | awk 'NR>1{sub(/^\\*/,"",$1);print $1}')" -- "$word"))
              return ;;
            --socket|--workdir|--pidfile|--config) compopt -o default; return ;;
          esac
          if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "$options" -- "$word"))
            return
          fi
          case ${COMP_WORDS[1]} in
            migrate|signal|wait|logs|attach|checkpoint)
              COMPREPLY=($(compgen -W "$(godwit ps 2>/dev/null | awk 'NR>1{print $1}')" -- "$word")) ;;
            completion) COMPREPLY=($(compgen -W 'bash zsh' -- "$word")) ;;
            image)
              [ "$COMP_CWORD" -eq 2 ] && COMPREPLY=($(compgen -W 'show verify diff' -- "$word"))
              compopt -o default ;;
            *) compopt -o default ;;
          esac
        }
        complete -F _godwit godwit ./godwit
        """
        .replace("@NAMES@", names)
        .replace("@CASES@", cases);
  }

  private String zsh() {
    StringBuilder names = new StringBuilder();
    StringBuilder cases = new StringBuilder();
    for (Commands.Entry entry : Commands.entries()) {
      names
          .append("    '")
          .append(entry.name())
          .append(':')
          .append(entry.summary().replace("'", "'\\''"))
          .append("'\n");
      cases
          .append("    ")
          .append(entry.name())
          .append(") options=(")
          .append(String.join(" ", options(entry)))
          .append(") ;;\n");
    }
    return """
        #compdef godwit
        _godwit() {
          local -a commands options
          commands=(
        @NAMES@  )
          if (( CURRENT == 2 )); then
            _describe command commands
            return
          fi
          case $words[2] in
        @CASES@  esac
          case $words[CURRENT-1] in
            --to|--on) compadd -- ${(f)"$(godwit nodes 2>/dev/null | awk 'NR>1{sub(/^\\*/,"",$1);print $1}')"}; return ;;
            --socket|--workdir|--pidfile|--config) _files; return ;;
          esac
          if [[ $words[CURRENT] == -* ]]; then
            compadd -- $options
            return
          fi
          case $words[2] in
            migrate|signal|wait|logs|attach|checkpoint)
              compadd -- ${(f)"$(godwit ps 2>/dev/null | awk 'NR>1{print $1}')"} ;;
            completion) compadd -- bash zsh ;;
            image) (( CURRENT == 3 )) && compadd -- show verify diff || _files ;;
            *) _files ;;
          esac
        }
        if [ "$funcstack[1]" = _godwit ]; then _godwit "$@"; else compdef _godwit godwit; fi
        """
        .replace("@NAMES@", names)
        .replace("@CASES@", cases);
  }

  private List<String> options(Commands.Entry entry) {
    CommandBody command = Commands.create(entry.name(), io);
    return command == null ? List.of() : command.optionNames();
  }
}
