import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createShelf, type Shelved } from "./shelf.ts"

interface Item extends Shelved<Item> {
  readonly name: number
}

describe("a shelf", () => {
  it("gives things in the order of their last use, as a list that is searched would", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 60 }), (uses) => {
        const shelf = createShelf<Item>()
        const items = Array.from({ length: 10 }, (_, name): Item => ({ name, quieter: undefined, busier: undefined }))
        let model: number[] = []
        for (const [name, stays] of uses) {
          const item = items[name] ?? expect.unreachable()
          if (model.includes(name)) shelf.remove(item)
          model = model.filter((other) => other !== name)
          if (stays) {
            shelf.put(item)
            model.push(name)
          }
          expect([shelf.size(), shelf.quietest()?.name]).toEqual([model.length, model[0]])
        }
      }),
    )
  })
})
