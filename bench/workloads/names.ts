/** What is measured, in the order of a round. */
export const WORKLOADS = ['first', 'returning', 'sso', 'refresh', 'client-credentials'] as const

/** See docs/benchmark.md. */
export type WorkloadName = (typeof WORKLOADS)[number]
