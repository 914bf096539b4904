/** What can go wrong with a store as a whole. None of it is a vote, and no message is the driver's own. */

/** The file is open already, here or in another process. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse'
}

/** The file holds something that the table definitions cannot be laid over, or cannot be written safely. */
export class StoreUnfit extends Error {
  override readonly name = 'StoreUnfit'
}

/** The call has no answer: whether it took effect is not known. `cause` is for the log. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed'
}

export class StoreClosed extends Error {
  override readonly name = 'StoreClosed'
}
