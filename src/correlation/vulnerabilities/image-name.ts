/** The name of an image as everybody can compare it: what Docker leaves out (its registry, `library/`, `:latest`) is left out. */
export function imageName(name: string): string {
  return name
    .slice(0, 500)
    .replace(/^docker:\/\//, "")
    .replace(/^(?:index\.)?docker\.io\//, "")
    .replace(/^library\//, "")
    .replace(/:latest$/, "")
}
