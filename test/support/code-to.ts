import { createHttpBrowser } from './http-browser.ts'
import { runJobs } from './run-jobs.ts'
import type { RunningPias } from './start-pias.ts'

/** The code that was last sent to this address, by the outbox; empty when there is none. */
export const codeTo = async (running: RunningPias, address: string): Promise<string> => {
  await runJobs(running.pias, ['message delivery'])
  const page = (await createHttpBrowser().get(`${running.issuer}/outbox`)).body
  const [, code = ''] = new RegExp(`to ${address.replaceAll('+', '\\+')}</strong>[\\s\\S]*?(\\d{6})`).exec(page) ?? []
  return code
}
