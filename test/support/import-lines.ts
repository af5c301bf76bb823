import { importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import type { Store } from '#src/store/ports/store.ts'
import { recordForm } from '#test/support/record-form.ts'

/** Imports lines of a customer file into a store, as the command does. */
export const importLines = (store: Pick<Store, 'accounts' | 'customers'>, lines: Iterable<object>) =>
  importCustomers({
    input: (async function* () {
      for (const line of lines) yield `${JSON.stringify(line)}\n`
    })(),
    prepare: createPrepareLines({ ...store, form: recordForm }),
    write: store.customers.write,
    clock: Date.now,
  })
