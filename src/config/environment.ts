import { readFileSync } from 'node:fs'

/** One environment variable and the place in the configuration it overrides. */
type Override = {
  readonly path: readonly string[]
  readonly number?: true
  readonly list?: true
  readonly file?: true
}

/**
 * The variables PIAS reads. A secret one (`file`) may instead come from the file named by `<NAME>_FILE`, as the
 * official container images do it; giving both is an error.
 */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  PIAS_ENVIRONMENT: { path: ['environment'] },
  PIAS_ISSUER: { path: ['issuer'] },
  PIAS_HOST: { path: ['server', 'host'] },
  PIAS_PORT: { path: ['server', 'port'], number: true },
  PIAS_PROXY_HOPS: { path: ['server', 'proxyHops'], number: true },
  PIAS_TLS_CERT_FILE: { path: ['server', 'tls', 'certFile'] },
  PIAS_TLS_KEY_FILE: { path: ['server', 'tls', 'keyFile'] },
  PIAS_DATA_DIR: { path: ['dataDir'] },
  PIAS_APIS_DIR: { path: ['apisDir'] },
  PIAS_CLIENTS_DIR: { path: ['clientsDir'] },
  PIAS_IMAGES_DIR: { path: ['pages', 'imagesDir'] },
  PIAS_CLIENT_NETWORKS: { path: ['clientCalls', 'privateNetworks'], list: true },
  PIAS_LOG_LEVEL: { path: ['logLevel'] },
  PIAS_ADMIN_PORT: { path: ['admin', 'port'], number: true },
  PIAS_ADMIN_HOST: { path: ['admin', 'host'] },
  PIAS_ADMIN_ORIGIN: { path: ['admin', 'origin'] },
  PIAS_METRICS_PORT: { path: ['metrics', 'port'], number: true },
  PIAS_METRICS_HOST: { path: ['metrics', 'host'] },
  PIAS_COOKIE_KEY: { path: ['cookieKey'], file: true },
  PIAS_STORE: { path: ['store', 'kind'] },
  PIAS_MONGO_URL: { path: ['store', 'mongo', 'url'], file: true },
  PIAS_REDIS_URL: { path: ['store', 'redis', 'url'], file: true },
  PIAS_REDIS_SENTINELS: { path: ['store', 'redis', 'sentinels'], list: true, file: true },
  PIAS_KEK: { path: ['kek', 'kind'] },
  PIAS_KEK_FILE: { path: ['kek', 'file'] },
  PIAS_VAULT_URL: { path: ['kek', 'url'] },
  PIAS_VAULT_TOKEN: { path: ['kek', 'token'] },
  PIAS_SMS: { path: ['messages', 'sms', 'kind'] },
  PIAS_SMS_URL: { path: ['messages', 'sms', 'url'] },
  PIAS_SMS_TOKEN: { path: ['messages', 'sms', 'token'], file: true },
  PIAS_MAIL: { path: ['messages', 'mail', 'kind'] },
  PIAS_MAIL_URL: { path: ['messages', 'mail', 'url'], file: true },
  PIAS_MAIL_TOKEN: { path: ['messages', 'mail', 'token'], file: true },
  PIAS_MAIL_FROM: { path: ['messages', 'mail', 'from'] },
  PIAS_VAULT_TOKEN_FILE: { path: ['kek', 'tokenFile'] },
  PIAS_UPSTREAM_ITSME_ISSUER: { path: ['upstreams', 'itsme', 'issuer'] },
  PIAS_UPSTREAM_ITSME_CLIENT_ID: { path: ['upstreams', 'itsme', 'clientId'] },
}

type Tree = { [key: string]: unknown }

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const put = (tree: Tree, [head, ...rest]: readonly string[], value: unknown): Tree => {
  if (head === undefined) return tree
  if (rest.length === 0) return { ...tree, [head]: value }
  const branch = tree[head]
  return { ...tree, [head]: put(isTree(branch) ? branch : {}, rest, value) }
}

/** Deep merge of plain objects; anything else of `over` replaces what was there. */
export const mergeTrees = (base: Tree, over: Tree): Tree => {
  const merged = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isTree(below) && isTree(value) ? mergeTrees(below, value) : value
  }
  return merged
}

const readVariable = (
  name: string,
  override: Override,
  env: NodeJS.ProcessEnv,
  problems: string[],
): string | undefined => {
  const direct = env[name] || undefined
  const file = override.file ? env[`${name}_FILE`] || undefined : undefined
  if (direct !== undefined && file !== undefined) {
    problems.push(`${name}: set either ${name} or ${name}_FILE, not both`)
    return undefined
  }
  if (file === undefined) return direct
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    problems.push(`${name}_FILE: cannot read the file (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
    return undefined
  }
}

/** The value of a variable as the configuration has it; a number that is none stays text, to be complained about. */
const read = (text: string, { number, list }: Override): unknown => {
  if (list) return text.split(/[\s,]+/).filter(part => part !== '')
  if (!number || text.trim() === '' || Number.isNaN(Number(text))) return text
  return Number(text)
}

/**
 * Lays the environment's variables over a configuration tree.
 * Problems (both forms of a secret set, an unreadable secret file) are added to `problems`, one line each.
 */
export const applyEnvironment = (tree: Tree, env: NodeJS.ProcessEnv, problems: string[]): Tree => {
  let result = tree
  for (const [name, override] of Object.entries(OVERRIDES)) {
    const value = readVariable(name, override, env, problems)
    if (value === undefined) continue
    result = put(result, override.path, read(value, override))
  }
  return result
}
