/** A sample app as it is started. */
export type Sample = {
  readonly name: string
  /** Where it is in this folder; also the name of its key and of its registration. */
  readonly folder: string
  /** Begins the names of its environment variables. */
  readonly variable: string
  readonly port: number
  /** Whether it proves itself by a key (`private_key_jwt`). */
  readonly hasKey: boolean
}

/** All sample apps, in the order of their ports. */
export const SAMPLES = [
  { name: 'MyProximus', folder: 'myproximus-web', variable: 'MYPROXIMUS', port: 3200, hasKey: true },
  { name: 'Proximus+', folder: 'proximus-plus', variable: 'PROXIMUS_PLUS', port: 3201, hasKey: false },
  { name: 'Pickx', folder: 'pickx-tv', variable: 'PICKX', port: 3202, hasKey: false },
  { name: 'Doktr', folder: 'doktr-web', variable: 'DOKTR', port: 3203, hasKey: true },
] as const satisfies readonly Sample[]

export type SampleFolder = (typeof SAMPLES)[number]['folder']

/** The origin of a sample in this environment: on loopback, at the port of its own variable. */
export const originOf = ({ variable, port }: Sample, env: NodeJS.ProcessEnv): string =>
  `http://localhost:${env[`${variable}_PORT`] || port}`
