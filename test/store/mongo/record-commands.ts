import { type CommandStartedEvent, MongoClient } from 'mongodb'

/**
 * Notes the commands that the driver sends, whoever makes the client. Between `watch` and `end`, clients that connect are listened
 * to, and do as they always did; their URL has to say `monitorCommands=true` (`listening`).
 */
export const createCommandRecorder = () => {
  const sent: CommandStartedEvent[] = []
  const listened = new WeakSet<MongoClient>()
  const note = (event: CommandStartedEvent) => sent.push(event)
  const { connect } = MongoClient.prototype

  return {
    listening: (url: string): string => {
      const heard = new URL(url)
      heard.searchParams.set('monitorCommands', 'true')
      return heard.href
    },
    watch: (): void => {
      MongoClient.prototype.connect = function noting(this: MongoClient) {
        if (!listened.has(this)) this.on('commandStarted', note)
        listened.add(this)
        return connect.call(this)
      }
    },
    end: (): void => {
      MongoClient.prototype.connect = connect
    },
    sent: (): readonly CommandStartedEvent[] => sent,
    /** Forgets what was sent up to now. */
    clear: (): void => {
      sent.length = 0
    },
  }
}
