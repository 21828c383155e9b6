// Patterns known for how long a backtracking matcher takes over them, each with a value that makes it: published weaknesses of libraries,
// and the shapes of the literature (OWASP "Regular expression Denial of Service"; Weideman et al. 2016; Davis et al. 2018) with the atoms
// that stand in them.

export interface Redos {
  readonly pattern: string
  /** What a value begins with, what is repeated to fill it, and what makes the match fail at its end. */
  readonly prefix: string
  readonly pump: string
  readonly suffix: string
}

type Row = readonly [pattern: string, pump: string, suffix: string, prefix?: string]

const published: readonly Row[] = [
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a", "!"],
  [
    "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    "a",
    "!",
  ],
  ["^([a-zA-Z0-9_.\\-])+@(([a-zA-Z0-9\\-])+\\.)+([a-zA-Z0-9]{2,4})+$", "a", "!", "a@a."],
  ["^((?:\\w+\\.)*\\w+)$", "a.a", "!"],
  ["^(?:.*,){11}P$", "1,", "!"],
  ["(.*a){12}$", "a", "!"],
  ["^\\s+|\\s+$", " ", "x", "x"],
  ["\\s*,\\s*$", " ", "x"],
  ["^(\\w+\\s?)*$", "aa ", "!"],
  ["^(\\d+)*$", "1", "x"],
  ["^(-?\\d+)*$", "11", "x"],
  ["^(([^\\s@]+)*)@x$", "a", "@y"],
  ["<!--(?:[^-]|-[^-])*-->", "a", "", "<!--"],
  ["\\{\\{(?:[^{}]+)*\\}\\}", "a", "{", "{{"],
  ["!\\[[^\\]]*\\]\\((?:[^()]+)*\\)", "a", "(", "![a]("],
  ["^((ab)*)+$", "ab", "c"],
  ["(?m)^(a+)+$", "a", "!"],
  ["(a+)+\\Z", "a", "!"],
  ['^(?:([^"\\\\]+)*|\\\\.)*"$', "a", "'"],
  ["(?:'[^']*'|[^'])*;", "'", "x"],
  ["^(?:(?:https?|ftp)://)?(?:\\S+(?::\\S*)?@)?(?:[a-z0-9]+-?)*[a-z0-9]+\\.$", "a", "!", "http://"],
  ["^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+$", "a", "!"],
  ["^([0-9]+(\\.[0-9]+)*)+$", "1.1", "x"],
  ["(?:^|\\s)(?:\\S+\\s*)*=$", "a ", "x"],
  ["^(([a-z]+)*[0-9]?)*$", "ab", "!"],
  ["^\\w*\\d*\\w*\\d*$", "1", "!"],
  ["^.*.*.*.*=x$", "=", "y"],
  ["(\\w*\\s*)*;$", "a ", "x"],
  ["^(?:#|\\.|[\\w-]+)*\\{$", "a-", "}"],
  ["([^,]*,?)*;$", "a,", "x"],
  ["^(?:(a|b)*(c|d)*)*e$", "abcd", "f"],
  ["(?:Mozilla.*)*Gecko$", "Mozilla", "x"],
  ["^(?:[\\w.+-]+)*@example$", "a.", "!"],
  ["^(?:(?:a+)b?)*c$", "aab", "d"],
  ["(\\/\\*(?:.|\\s)*\\*\\/)*z$", "/*", "x"],
  ["^bytes=(?:(?:\\d+)?-(?:\\d+)?\\s*,?\\s*){63}", "-1", "x", "bytes="],
  ["^(\\S+)\\s+\\1$", "a ", "b"],
  ["^(.+)\\1+$", "a", "b"],
  ["(a*)*\\1b", "a", "c"],
  ["^(?=(a+))a*b$", "a", "c"],
  ["^(?!.*(.)(.*\\1){900}).*$", "ab", "\n"],
  ["(?<=a+b)c(a+)+$", "a", "!", "abc"],
]

const atoms: readonly (readonly [atom: string, pump: string, suffix: string])[] = [
  ["a", "a", "!"],
  ["\\w", "a", "!"],
  ["\\d", "7", "!"],
  ["\\s", " ", "!"],
  ["[a-z]", "q", "!"],
  ["[^!]", "x", "!"],
  [".", "z", "\n"],
  ["\\S", "s", " "],
  ["(?:ab)", "ab", "!"],
  ["(?i:x)", "xX", "!"],
  ["(?:a|b)", "ab", "!"],
]

const shapes: readonly ((atom: string) => string)[] = [
  (atom) => `^(${atom}+)+$`,
  (atom) => `^(${atom}*)*$`,
  (atom) => `^(${atom}|${atom})*$`,
  (atom) => `^(${atom}|${atom}${atom})+$`,
  (atom) => `^(${atom}|${atom}?)+$`,
  (atom) => `^(?:${atom}+${atom}+)+=$`,
  (atom) => `${atom}*${atom}*${atom}*${atom}*=`,
  (atom) => `(${atom}+)+=`,
  (atom) => `^((${atom}+)?)*?=$`,
  (atom) => `^(?:${atom}{1,40})*=$`,
  (atom) => `^(?:${atom}?){60}=$`,
  (atom) => `^(?:(?:${atom}+)*)+(?!=)=$`,
  (atom) => `^(${atom}+)+\\1=$`,
  (atom) => `${atom}{1,900}${atom}{1,900}=`,
  (atom) => `^(?=(?:${atom}+)+=)`,
]

export const redosTable: readonly Redos[] = [
  ...published.map(([pattern, pump, suffix, prefix = ""]) => ({ pattern, prefix, pump, suffix })),
  ...shapes.flatMap((shape) =>
    atoms.map(([atom, pump, suffix]) => ({ pattern: shape(atom), prefix: "", pump, suffix })),
  ),
]

/** The value of a size that a pattern takes longest over. */
export function hostileValue({ prefix, pump, suffix }: Redos, bytes: number): string {
  return (prefix + pump.repeat(Math.ceil(bytes / pump.length))).slice(0, bytes - suffix.length) + suffix
}
