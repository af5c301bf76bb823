/**
 * Runs the sample apps, or those whose folders are named: `node examples/relying-parties/main.ts [FOLDER…]`.
 * Environment: NAME_PORT for each app (MYPROXIMUS_PORT…), SAMPLES_ISSUER (http://localhost:3000), SAMPLES_HOST
 * (127.0.0.1), SAMPLES_KEYS_DIR (data/pias/sample-keys, where `npm start` makes them).
 */
import { createDoktr } from './doktr-web/app.ts'
import { createMyProximus } from './myproximus-web/app.ts'
import { createPickx } from './pickx-tv/app.ts'
import { createProximusPlus } from './proximus-plus/app.ts'
import { originOf, SAMPLES, type SampleFolder } from './samples.ts'
import type { CreateSample } from './shared/sample.ts'
import { type RunningSample, startSample } from './shared/start-sample.ts'

const APPS: Readonly<Record<SampleFolder, CreateSample>> = {
  'myproximus-web': createMyProximus,
  'proximus-plus': createProximusPlus,
  'pickx-tv': createPickx,
  'doktr-web': createDoktr,
}

const { env } = process
const wanted = process.argv.slice(2)

const start = (sample: (typeof SAMPLES)[number]): Promise<RunningSample> => {
  const baseUrl = originOf(sample, env)
  const port = Number(new URL(baseUrl).port)
  return startSample(sample, APPS[sample.folder], {
    port,
    host: env.SAMPLES_HOST || '127.0.0.1',
    baseUrl,
    issuer: env.SAMPLES_ISSUER || 'http://localhost:3000',
    keysDir: env.SAMPLES_KEYS_DIR || 'data/pias/sample-keys',
    onError: error => process.stderr.write(`${sample.name}: ${(error as Error).message}\n`),
  })
}

try {
  const unknown = wanted.find(folder => !SAMPLES.some(sample => sample.folder === folder))
  if (unknown !== undefined) throw new Error(`there is no sample ${unknown}`)
  const running = await Promise.all(
    SAMPLES.filter(({ folder }) => wanted.length === 0 || wanted.includes(folder)).map(start),
  )
  process.stdout.write(`The sample apps are ready at ${running.map(({ url }) => url).join(', ')}\n`)
  const stop = () => void Promise.all(running.map(app => app.close())).then(() => process.exit(0))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
