import { collections } from './0001-collections.ts'
import type { Migration } from './migration.ts'

/** Every migration, by version, without a gap. A new one is a file beside the others and a line here. */
export const MIGRATIONS: readonly Migration[] = [collections]
