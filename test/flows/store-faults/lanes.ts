import type { PersonaId } from '#examples/customer-data/personas.ts'
import { until } from '#test/store/redis/support.ts'
import type { RunningPias } from '#test/support/start-pias.ts'
import { createPerson, type Person } from './person.ts'

/** People who log in again and again, all at once, and go on until it works. */
export const createLanes = (running: RunningPias) => {
  const people = new Map<PersonaId, Person>()
  const ends: Promise<void>[] = []
  let completed = 0
  let over = false

  const run = async (person: Person): Promise<void> => {
    let isIn = false
    while (!over || !isIn) {
      isIn = await person.logIn()
      if (isIn) completed++
    }
  }
  return {
    people,
    join: (personas: readonly PersonaId[]): void => {
      for (const persona of personas) {
        const person = createPerson(running, persona)
        people.set(persona, person)
        ends.push(run(person))
      }
    },
    /** Waits for as many logins as there are people. */
    moreLogins: (): Promise<void> => {
      const before = completed
      return until(async () => completed >= before + people.size)
    },
    end: async (): Promise<void> => {
      over = true
      await Promise.all(ends)
    },
  }
}
