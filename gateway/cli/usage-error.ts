/** The command cannot be carried out as it was typed; nothing has been asked of Lockstep. The message is for whoever typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
