export type { Nft } from "./nft.ts"
export type { NftablesOptions } from "./nftables.ts"
export { createNftablesEnforcer } from "./nftables.ts"
