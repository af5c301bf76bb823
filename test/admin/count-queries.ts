import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'

/** What a piece of work asked SQLite: its statements in their order, and the rows that came back. */
export type Asked = { readonly statements: readonly string[]; readonly rows: number }

/** Watches every statement that this process runs on SQLite, whoever runs it, until it is ended. */
export const watchStatements = () => {
  let statements: string[] = []
  let rows = 0
  const { all, get, run } = StatementSync.prototype
  const note = (sql: string, found: number): void => {
    statements.push(sql)
    rows += found
  }
  Object.assign(StatementSync.prototype, {
    all(this: StatementSync, ...values: Parameters<typeof all>) {
      const found = all.apply(this, values)
      note(this.sourceSQL, found.length)
      return found
    },
    get(this: StatementSync, ...values: Parameters<typeof all>) {
      const found = get.apply(this, values)
      note(this.sourceSQL, found === undefined ? 0 : 1)
      return found
    },
    run(this: StatementSync, ...values: Parameters<typeof all>) {
      note(this.sourceSQL, 0)
      return run.apply(this, values)
    },
  })
  return {
    /** What was asked since this was called last. */
    take: (): Asked => {
      const asked = { statements, rows }
      statements = []
      rows = 0
      return asked
    },
    end: () => void Object.assign(StatementSync.prototype, { all, get, run }),
  }
}

/** Explains statements by the files of a store (https://www.sqlite.org/eqp.html): each step of each plan. */
export const explainStatements = (dataDir: string, statements: Iterable<string>) => {
  const files = ['durable.db', 'expiring.db'].map(name => new DatabaseSync(join(dataDir, name), { readOnly: true }))
  const explain = (sql: string): string[] => {
    for (const file of files) {
      try {
        return file
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail))
      } catch (error) {
        // It is about tables of the other file.
        if (!/no such table/.test((error as Error).message)) throw error
      }
    }
    throw new Error(`no file has the tables of: ${sql}`)
  }
  const plans = [...new Set(statements)].map(sql => ({ sql, steps: explain(sql) }))
  for (const file of files) file.close()
  return plans
}
