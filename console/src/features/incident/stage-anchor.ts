/** Where the evidence of a stage stands on the incident's page. */
export const stageAnchor = (index: number) => `stage-${index + 1}`
