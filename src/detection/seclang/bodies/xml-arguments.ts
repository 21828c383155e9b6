import type { Latin1 } from "../../../core/index.ts"
import { createValue, type Value } from "../run/value.ts"

/** Makes arguments of a document's innermost elements (SecParseXmlIntoArgs): `<a><b>x</b></a>` is `xml.a.b=x`. */
export interface XmlArguments {
  readonly values: readonly Value[]
  begin(name: Latin1): void
  text(piece: Latin1): void
  end(): void
  isOver(): boolean
}

export function createXmlArguments(limit: number): XmlArguments {
  const values: Value[] = []
  const open: { readonly name: Latin1; readonly pieces: Latin1[]; hasChild: boolean }[] = []
  let over = false
  return {
    values,
    begin: (name) => {
      const parent = open.at(-1)
      if (parent !== undefined) parent.hasChild = true
      open.push({ name, pieces: [], hasChild: false })
    },
    text: (piece) => void open.at(-1)?.pieces.push(piece),
    end: () => {
      const element = open.at(-1)
      const text = element?.hasChild === false ? element.pieces.join("") : ""
      if (values.length >= limit && text !== "") over = true
      else if (text !== "") values.push(createValue(`xml.${open.map(({ name }) => name).join(".")}`, text))
      open.pop()
    },
    isOver: () => over,
  }
}
