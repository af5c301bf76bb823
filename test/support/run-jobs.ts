import type { Pias } from '#src/compose.ts'

/** Lets a node do these jobs, in this order, as its timers would. @throws Error for a job there is none of */
export const runJobs = async (pias: Pias, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const job = pias.jobs.find(each => each.name === name)
    if (job === undefined) throw new Error(`there is no job ${name}`)
    await job.run()
  }
}
