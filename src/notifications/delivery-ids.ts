import type { Ids } from "../core/index.ts"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const prefix = "dlv_"
// `Ids` gives 10 characters of milliseconds and 16 at random; these of them count within a millisecond.
const [timeChars, countChars] = [10, 4]

/** Ids that sort in the order in which they were made, also within a millisecond: after a restart nothing else tells it. */
export function createDeliveryIds(ids: Pick<Ids, "other">): () => string {
  let lastTime = ""
  let made = 0
  return () => {
    const id = ids.other(prefix.slice(0, -1)).slice(prefix.length)
    const time = id.slice(0, timeChars)
    made = time === lastTime ? made + 1 : 0
    lastTime = time
    let count = ""
    for (let digit = 0, rest = made; digit < countChars; digit++, rest = Math.floor(rest / 32))
      count = alphabet.charAt(rest % 32) + count
    return prefix + time + count + id.slice(timeChars + countChars)
  }
}
