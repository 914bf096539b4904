/** What was asked for cannot be told while a system is silent. Its message is meant for callers. */
export class Silence extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Silence'
  }
}
