/** A message of the feed as the schema shows it. */

import type { FeedMessage } from '../../changes/feed/feed.ts'
import type { EntityNames } from './names.ts'

/** The types by the kind of message; those that speak of no record are the same for every entity. */
export type MessageTypes = Readonly<Record<FeedMessage['message'], string>>

export const MESSAGE_TYPES: MessageTypes = {
  StreamOpened: 'StreamOpened',
  Change: 'Change',
  LeftFilter: 'LeftFilter',
  SnapshotRow: 'SnapshotRow',
  Heartbeat: 'Heartbeat',
}

export function entityMessageTypes({ change, leftFilter, snapshotRow }: EntityNames): MessageTypes {
  return { ...MESSAGE_TYPES, Change: change, LeftFilter: leftFilter, SnapshotRow: snapshotRow }
}

export function messageObject(message: FeedMessage, types: MessageTypes): Readonly<Record<string, unknown>> {
  const base = { __typename: types[message.message], cursor: message.cursor }
  switch (message.message) {
    case 'StreamOpened':
      return { ...base, filter: message.filter }
    case 'Change':
      return { ...base, ...message.change, at: instant(message.change.at), entered: message.entered }
    case 'LeftFilter':
      return { ...base, ...message.change, at: instant(message.change.at) }
    case 'SnapshotRow':
      return { ...base, ...message.row }
    case 'Heartbeat':
      return base
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
