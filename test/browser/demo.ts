import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { originOf, SAMPLES, type SampleFolder } from '#examples/relying-parties/samples.ts'
import { registerSamples } from '#examples/start/sample-apps.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { ROOT, type Running, runScript, startScript } from '#test/support/processes.ts'

/** PIAS, the itsme simulator and the sample apps, processes as `npm start` has them, on ports of their own. */
export type Demo = {
  readonly pias: string
  readonly simulator: string
  readonly myproximus: string
  /** Where each of the sample apps is. */
  readonly apps: Readonly<Record<SampleFolder, string>>
  /** PIAS's folder of client files. */
  readonly clientsDir: string
  /** What they wrote on standard error. */
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

/** Starts them; the personas' records are in the customer base. */
export const startDemo = async (): Promise<Demo> => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-demo-'))
  const [piasPort, simulatorPort, ...appPorts] = (await freePorts(2 + SAMPLES.length)) as [number, number]
  const pias = `http://localhost:${piasPort}`
  const simulator = `http://127.0.0.1:${simulatorPort}`
  const ports = Object.fromEntries(SAMPLES.map(({ variable }, index) => [`${variable}_PORT`, String(appPorts[index])]))
  const apps = Object.fromEntries(SAMPLES.map(sample => [sample.folder, originOf(sample, ports)])) as Demo['apps']
  const dataDir = join(dir, 'data')
  mkdirSync(dataDir)
  const { clients: clientsDir, apis, keys } = registerSamples({ root: ROOT, dataDir, env: ports })

  const processes: Running[] = [
    startScript('src/main.ts', {
      env: {
        PIAS_PORT: String(piasPort),
        PIAS_DATA_DIR: dataDir,
        PIAS_CLIENTS_DIR: clientsDir,
        PIAS_APIS_DIR: apis,
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
    startScript('examples/relying-parties/main.ts', {
      env: { ...ports, SAMPLES_ISSUER: pias, SAMPLES_KEYS_DIR: keys },
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
  return {
    pias,
    simulator,
    myproximus: apps['myproximus-web'],
    apps,
    clientsDir,
    complaints: () => processes.map(running => running.stderr()).join(''),
    close,
  }
}
