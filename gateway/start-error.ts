/** Why the process cannot start, for its operator: `message` says what is wrong and what to do, and is all they need. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}
