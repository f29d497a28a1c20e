import { allFlags, FLAGS, type Flag } from "../flags";
import { FLAGS_WITHOUT_VERB, flagText } from "../help";
import { EXIT } from "../run";
import type { Action, Verb } from "../verb";

/** Prints the script that completes the command in a shell. */
export const completion: Action = async ({ operand }, run, verbs) => {
  const script = SCRIPTS.get(operand?.toLowerCase() ?? "");
  run.output.print(script?.(verbs) ?? "");
  return EXIT.done;
};

const SCRIPTS: ReadonlyMap<string, (verbs: readonly Verb[]) => string> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);

function bash(verbs: readonly Verb[]): string {
  const values = flagsWithChoices().map(([spellings, choices]) => `    ${spellings.join("|")}) words="${choices.join(" ")}" ;;`);
  const words = verbs.map((verb) => `      ${verb.name}) words="${[...(verb.operand?.choices ?? []), ...longFlags(verb)].join(" ")}" ;;`);
  const cases = names(verbs).map((name) => `      ${inEitherCase(name)}) verb=${name}; break ;;`);
  return `# Completion of mcast in bash
_mcast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="" words="" prefix="" before="" word
  COMPREPLY=()
  # bash 3.2 makes one word of --echo=hear, later versions three, unless COMP_WORDBREAKS has no "=".
  case "$current" in
    --*=*)
      previous="\${current%%=*}" current="\${current#*=}"
      case "$COMP_WORDBREAKS" in *=*) ;; *) prefix="$previous=" ;; esac ;;
    =) current="" ;;
    *) if [[ $previous == = ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$before$word" in
${cases.join("\n")}
      =) before== ;;
      *) before="" ;;
    esac
  done
  case "$previous" in
    # A file name: an empty reply makes bash complete it (-o default).
    "<"*|">"*|"&>"*|${fileFlags().join("|")}) return ;;
${values.join("\n")}
    *) case "$verb" in
      "") words="${[...names(verbs), ...longFlags(undefined)].join(" ")}" ;;
${words.join("\n")}
    esac ;;
  esac
  # bash 3.2 has no compopt, and offers file names where no word matches.
  compopt +o default 2> /dev/null
  COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current"))
}
complete -o default -F _mcast mcast
`;
}

// Returns a pattern for a word in upper or lower case. bash 3.2, the bash of macOS, has no ${word,,}.
function inEitherCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

function zsh(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => {
    const flags = flagsOf(verb).flatMap((name) => zshFlag(FLAGS[name], flagText(verb, name)));
    const operand = verb.operand ? [`'1:${verb.operand.name.toLowerCase()}:(${verb.operand.choices.join(" ")})'`] : [];
    return `    ${verb.name}) _arguments ${[...flags, ...operand].join(" ")} ;;`;
  });
  const list = verbs.map(({ name, summary }) => `    ${zshDescribed(name, summary)}`);
  const flags = FLAGS_WITHOUT_VERB.map(([name, text]) => zshDescribed(FLAGS[name].long, text));
  return `#compdef mcast
# Completion of mcast in zsh
_mcast() {
  local -a verbs flags
  flags=(${flags.join(" ")})
  verbs=(
${list.join("\n")}
  )
  local at verb
  for (( at = 2; at < CURRENT; at++ )); do
    if (( \${verbs[(I)\${words[at]:l}:*]} )); then verb=\${words[at]:l}; break; fi
  done
  if [[ -z $verb ]]; then
    if [[ $words[CURRENT] == -* ]]; then _describe flag flags; else _describe verb verbs; fi
    return
  fi
  shift $(( at - 1 )) words
  (( CURRENT -= at - 1 ))
  case $verb in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _mcast ]]; then _mcast "$@"; else compdef _mcast mcast; fi
`;
}

function fish(verbs: readonly Verb[]): string {
  const verbLines = verbs.map(({ name, summary }) => `complete -c mcast -n "__mcast_verb_is ''" -a ${name} -d ${fishQuoted(summary)}`);
  const aloneLines = FLAGS_WITHOUT_VERB.map(
    ([name, text]) => `complete -c mcast -n "__mcast_verb_is ''" ${fishFlag(FLAGS[name])} -d ${fishQuoted(text)}`,
  );
  const flagLines = verbs.flatMap((verb) => {
    const seen = `complete -c mcast -n "__mcast_verb_is ${verb.name}"`;
    const operand = verb.operand ? [`${seen} -a ${fishQuoted(verb.operand.choices.join(" "))}`] : [];
    return [...flagsOf(verb).map((name) => `${seen} ${fishFlag(FLAGS[name])} -d ${fishQuoted(flagText(verb, name))}`), ...operand];
  });
  return `# Completion of mcast in fish
function __mcast_verb_is
  set -l words (commandline -opc)
  set -e words[1]
  set -l verb ''
  for word in $words
    if contains -- (string lower -- $word) ${names(verbs).join(" ")}
      set verb (string lower -- $word)
      break
    end
  end
  test "$verb" = "$argv[1]"
end
complete -c mcast -f
${[...verbLines, ...aloneLines, ...flagLines].join("\n")}
`;
}

function names(verbs: readonly Verb[]): readonly string[] {
  return verbs.map(({ name }) => name);
}

function flagsOf(verb: Verb): Verb["flags"] {
  return [...verb.flags, "help"];
}

function longFlags(verb: Verb | undefined): readonly string[] {
  return (verb ? flagsOf(verb) : FLAGS_WITHOUT_VERB.map(([name]) => name)).map((name) => FLAGS[name].long);
}

function flagsWithChoices(): readonly (readonly [spellings: readonly string[], choices: readonly string[]])[] {
  return allFlags().flatMap(([, { short, long, choices }]) => (choices ? [[short ? [short, long] : [long], choices] as const] : []));
}

function fileFlags(): readonly string[] {
  return allFlags().flatMap(([, { short, long, isFile }]) => (isFile ? [...(short ? [short] : []), long] : []));
}

function zshDescribed(word: string, text: string): string {
  return singleQuoted(`${word}:${text.replace(/:/g, "\\:")}`);
}

function zshFlag(flag: Flag, text: string): readonly string[] {
  const { short, long, takes, isRepeatable } = flag;
  const escaped = text.replace(/[[\]:]/g, "\\$&");
  const value = takes === "nothing" ? "" : zshValue(flag);
  const repeated = isRepeatable || takes === "many" ? "*" : "";
  // An equals sign makes zsh complete --echo=hear as well as --echo hear.
  const spellings = [...(short ? [short] : []), takes === "nothing" ? long : `${long}=`];
  return spellings.map((spelling) => singleQuoted(`${repeated}${spelling}[${escaped}]${value}`));
}

function zshValue({ value = "", choices, isFile }: Flag): string {
  if (isFile) return `:${value}:_files`;
  return `:${value}:${choices ? `(${choices.join(" ")})` : ""}`;
}

function fishFlag(flag: Flag): string {
  const { short, long, takes } = flag;
  const value = takes === "nothing" ? [] : fishValue(flag);
  return [...(short ? [`-s ${short.slice(1)}`] : []), `-l ${long.slice(2)}`, ...value].join(" ");
}

function fishValue({ choices, isFile }: Flag): readonly string[] {
  if (isFile) return ["-r -F"];
  return ["-x", ...(choices ? ["-a", fishQuoted(choices.join(" "))] : [])];
}

function singleQuoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
