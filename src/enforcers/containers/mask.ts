const masked = "***"

// What is no secret and helps an analyst; every other variable of an environment keeps its name and loses its value.
const harmless =
  /^(PATH|HOME|HOSTNAME|TERM|LANG|LC_[A-Z]+|TZ|USER|SHELL|PWD|container|LD_PRELOAD|LD_LIBRARY_PATH|[A-Z_]*VERSION)$/

/** `KEY=value` with the value masked unless the key is known to be harmless. */
export function maskVariable(variable: string): string {
  const equals = variable.indexOf("=")
  if (equals < 0) return variable
  const name = variable.slice(0, equals)
  return harmless.test(name) ? variable : `${name}=${masked}`
}

/** Passwords in URLs, and what stands behind words such as `password=` and `--token `. */
export function maskText(text: string): string {
  return text
    .replace(/(\/\/[^\s/:@]{0,200}:)[^\s/@]{1,200}@/g, `$1${masked}@`)
    .replace(
      /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|credentials?)["']?\s{0,3}[=:\s]\s{0,3}["']?)[^\s"',;]{1,500}/gi,
      `$1${masked}`,
    )
    .replace(/((?:bearer|basic)\s{1,3})[\w.~+/=-]{8,500}/gi, `$1${masked}`)
}

/** `--password`, whose value is the next argument. */
function isSecretFlag(text: unknown): boolean {
  return typeof text === "string" && /^--?[\w-]{0,50}(?:pass|secret|token|key|credential)[\w-]{0,50}$/i.test(text)
}

// Deeper than any inspection.
const maxDepth = 40

/** The same JSON with every text masked, and every `Env` by its variables. */
export function maskJson(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return "…"
  if (typeof value === "string") return maskText(value)
  if (Array.isArray(value))
    return value.map((one, index) => (isSecretFlag(value[index - 1]) ? masked : maskJson(one, depth + 1)))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]: [string, unknown]) => {
      if (key === "Env" && Array.isArray(inside)) return [key, inside.map((one) => maskVariable(String(one)))]
      if (typeof inside === "string" && /pass|secret|token|api[-_]?key|credential/i.test(key)) return [key, masked]
      return [key, maskJson(inside, depth + 1)]
    }),
  )
}
