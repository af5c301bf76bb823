import { createSubjects } from '#examples/itsme-simulator/claims.ts'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'

/** What itsme calls a persona at PIAS, which tests log in with: its `sub`. */
export const itsmeSubject = (persona: string): string => createSubjects(loadPersonas()).subjectFor('PIAS_DEMO', persona)
