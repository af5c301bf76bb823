import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import { applyEnvironment, mergeTrees } from './environment.ts'
import { type Config, configSchema } from './schema.ts'

type Tree = { [key: string]: unknown }

const readTree = (file: string): Tree => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new PiasError('config.unreadable', `cannot read the configuration file ${file} (${reason})`, { cause })
  }
  try {
    const tree: unknown = JSON.parse(text)
    if (typeof tree === 'object' && tree !== null && !Array.isArray(tree)) return tree as Tree
  } catch (cause) {
    throw new PiasError('config.invalid', `${file} is not JSON: ${(cause as Error).message}`, { cause })
  }
  throw new PiasError('config.invalid', `${file} must hold one JSON object`)
}

/** Without an issuer, PIAS is what its port says it is. */
const withIssuer = (tree: Tree): Tree => {
  if (tree.issuer !== undefined) return tree
  const server = (tree.server ?? {}) as { port?: unknown; tls?: unknown }
  const address = `${server.tls ? 'https' : 'http'}://localhost:${server.port}`
  // The origin: without the port where it is the scheme's own.
  return { ...tree, issuer: URL.parse(address)?.origin ?? address }
}

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}

/**
 * Reads the configuration: `config/default.json`, over it the file named by `PIAS_CONFIG`, over that the `PIAS_*`
 * variables. The one place that reads the environment (`process.env`).
 * @param options.root the folder relative paths of the configuration start from; the project's by default
 * @throws PiasError `config.unreadable` or `config.invalid`, the latter naming every problem by its path
 */
export const loadConfig = (options: { env: NodeJS.ProcessEnv; root: string }): Config => {
  const { env, root } = options
  const problems: string[] = []
  const defaults = readTree(resolve(import.meta.dirname, '..', '..', 'config', 'default.json'))
  const file = env.PIAS_CONFIG ? readTree(resolve(root, env.PIAS_CONFIG)) : {}
  const tree = withIssuer(applyEnvironment(mergeTrees(defaults, file), env, problems))

  const parsed = configSchema.safeParse(tree, { error: inputWords })
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map(issue => `${issue.path.join('.') || '(root)'}: ${issue.message}`))
  }
  if (problems.length > 0 || !parsed.success) throw new PiasError('config.invalid', problems.join('; '))

  const { dataDir, clientsDir, apisDir, kek, pages } = parsed.data
  return freeze({
    ...parsed.data,
    dataDir: resolve(root, dataDir),
    clientsDir: resolve(root, clientsDir),
    apisDir: apisDir === undefined ? undefined : resolve(root, apisDir),
    kek: kek.kind === 'file' && kek.file !== undefined ? { ...kek, file: resolve(root, kek.file) } : kek,
    pages: { ...pages, ...(pages.imagesDir && { imagesDir: resolve(root, pages.imagesDir) }) },
  })
}
