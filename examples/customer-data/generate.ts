import { parseArgs } from 'node:util'
import { generateFiles } from './generate-files.ts'
import { toGround, toLevel, wholeNumber } from './options.ts'

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '4' },
      records: { type: 'string', default: '20000' },
      identities: { type: 'string' },
      level: { type: 'string', default: 'medium' },
      ground: { type: 'string', default: 'usual' },
      personas: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  if (values.out === undefined) throw new Error('--out says which directory to write to')
  await generateFiles({
    seed: wholeNumber(values.seed, 'seed'),
    records: wholeNumber(values.records, 'records'),
    ...(values.identities !== undefined && { identities: wholeNumber(values.identities, 'identities') }),
    level: toLevel(values.level),
    ground: toGround(values.ground),
    personas: values.personas,
    out: values.out,
  })
}

if (import.meta.main) {
  await main().catch((error: Error) => {
    process.stderr.write(`generate: ${error.message}\n`)
    process.exitCode = 1
  })
}
