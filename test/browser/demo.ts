import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { copyClientFiles } from '#examples/start/client-files.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { ROOT, type Running, runScript, startScript } from '#test/support/processes.ts'

/** PIAS, the itsme simulator and MyProximus, each a process as `npm start` has it, on ports of their own. */
export type Demo = {
  readonly pias: string
  readonly simulator: string
  readonly myproximus: string
  /** What the three wrote on standard error. */
  readonly complaints: () => string
  close(): Promise<void>
}

const importPersonas = async (dir: string): Promise<void> => {
  const file = join(dir, 'personas.jsonl')
  writeFileSync(
    file,
    `${personaLines()
      .map(line => JSON.stringify(line))
      .join('\n')}\n`,
  )
  const args = ['customers', 'import', file, '--data-dir', join(dir, 'data')]
  const { code, stderr } = await runScript('src/cli/pias.ts', { args })
  if (code !== 0) throw new Error(`the personas could not be imported: ${stderr}`)
}

/** Starts the three; the personas' records are in the customer base. */
export const startDemo = async (): Promise<Demo> => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-demo-'))
  const [piasPort, simulatorPort, appPort] = (await freePorts(3)) as [number, number, number]
  const pias = `http://localhost:${piasPort}`
  const simulator = `http://127.0.0.1:${simulatorPort}`
  const myproximus = `http://localhost:${appPort}`
  const clients = join(dir, 'clients')
  copyClientFiles({ root: ROOT, to: clients, myproximus })

  const processes: Running[] = [
    startScript('src/main.ts', {
      env: {
        PIAS_PORT: String(piasPort),
        PIAS_DATA_DIR: join(dir, 'data'),
        PIAS_CLIENTS_DIR: clients,
        PIAS_UPSTREAM_ITSME_ISSUER: `${simulator}/v2`,
        PIAS_LOG_LEVEL: 'error',
      },
    }),
    startScript('examples/itsme-simulator/main.ts', {
      env: {
        SIM_PORT: String(simulatorPort),
        SIM_REDIRECT_URIS: `${pias}/callback/itsme`,
        SIM_CLIENT_JWKS_URI: `${pias}/upstream/itsme/jwks`,
      },
    }),
    startScript('examples/relying-parties/myproximus-web/main.ts', {
      env: { MYPROXIMUS_PORT: String(appPort), MYPROXIMUS_ISSUER: pias },
    }),
  ]
  const close = async (): Promise<void> => {
    await Promise.all(processes.map(running => running.stop()))
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await Promise.all([importPersonas(dir), ...processes.map(running => running.line(/ready/))])
  } catch (error) {
    await close()
    throw error
  }
  return { pias, simulator, myproximus, complaints: () => processes.map(running => running.stderr()).join(''), close }
}
