/**
 * Writes reach the stream a little after they are committed. A snapshot reads records as they stand committed, and may
 * see writes that are still on their way; this port tells when they have arrived.
 */

/**
 * Resolves once every write that was committed in either system before the call is in the stream; rejects where that
 * cannot be found out, or takes too long, and with the signal's reason when that is aborted.
 */
export type Published = (signal: AbortSignal) => Promise<void>
