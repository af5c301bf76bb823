/** Where the embedded store lives unless told otherwise, relative to the working directory. */
const DEFAULT_DATA_DIR = 'data/pias'

/** The data directory of the environment: `PIAS_DATA_DIR`, or the default when that is absent or empty. */
export const dataDirFromEnv = (env: { readonly PIAS_DATA_DIR?: string | undefined }): string =>
  env.PIAS_DATA_DIR || DEFAULT_DATA_DIR
