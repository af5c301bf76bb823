import { type Batch, runBatch } from '#bench/driver/batch.ts'
import { createHttpClient } from '#bench/driver/http-client.ts'
import type { Operation } from '#bench/driver/login.ts'
import type { Workload } from '#bench/workloads/workload.ts'

/** A batch with what a probe read right before and right after it. */
export type Performance<Reading> = Batch<Operation> & { readonly before: Reading; readonly after: Reading }

/** Runs one batch from its preparation to its check; the probe sees the operations only. */
export const performProbed = async <Reading>(
  workload: Workload,
  personas: readonly number[],
  concurrency: number,
  probe: () => Promise<Reading>,
): Promise<Performance<Reading>> => {
  await workload.prepare(personas)
  const http = createHttpClient(concurrency)
  try {
    const before = await probe()
    const batch = await runBatch(http, workload.operate, personas, concurrency)
    const after = await probe()
    await workload.check()
    return { ...batch, before, after }
  } finally {
    http.close()
  }
}

/** Runs one batch of which nothing is to be known but that it went well. */
export const perform = async (workload: Workload, personas: readonly number[], concurrency: number): Promise<void> => {
  await performProbed(workload, personas, concurrency, async () => undefined)
}
