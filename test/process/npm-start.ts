import { SAMPLES, type Sample } from '#examples/relying-parties/samples.ts'
import { freePorts } from '#test/support/free-ports.ts'
import type { Answer, HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'

/** Where the servers of `npm start` listen; `others` are the sample apps beside MyProximus. */
export type Ports = { pias: number; admin: number; simulator: number; myproximus: number; others: readonly number[] }

const OTHERS: readonly Sample[] = SAMPLES.slice(1)

/** Free ports for them. */
export const choosePorts = async (): Promise<Ports> => {
  const ports = (await freePorts(4 + OTHERS.length)) as [number, number, number, number]
  const [pias, admin, simulator, myproximus, ...others] = ports
  return { pias, admin, simulator, myproximus, others }
}

/** The environment that puts them, and the data, there. */
export const environment = (
  ports: Ports,
  dataDir: string,
  env: Record<string, string> = {},
): Record<string, string> => ({
  PIAS_PORT: String(ports.pias),
  PIAS_ADMIN_PORT: String(ports.admin),
  SIM_PORT: String(ports.simulator),
  MYPROXIMUS_PORT: String(ports.myproximus),
  ...Object.fromEntries(OTHERS.map(({ variable }, index) => [`${variable}_PORT`, String(ports.others[index])])),
  PIAS_DATA_DIR: dataDir,
  ...env,
})

/** What MyProximus shows after a login as this persona, who needs no page of PIAS. */
export const homeAfterLogin = async (
  browser: HttpBrowser,
  ports: Ports,
  persona: string,
): Promise<Answer | undefined> => {
  const app = `http://localhost:${ports.myproximus}`
  const begun = await browser.get(`${app}/login`)
  const atPias = await browser.get(begun.location ?? '')
  const answers = await browser.follow(asPersona(atPias.location, persona))
  return answers.at(-1)
}

/** The customer numbers that MyProximus shows. */
export const linkedServices = (answer: Answer | undefined): string[] =>
  [...(answer?.body.matchAll(/<dd class="number"[^>]*>([^<]+)</g) ?? [])].map(([, number = '']) => number)
