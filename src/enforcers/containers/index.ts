export { containersConfig, usualSockets } from "./config.ts"
export { createContainersEnforcer, probeContainers } from "./docker.ts"
