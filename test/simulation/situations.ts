/** What a proof by drawing must have met, or it has not gone where it is dangerous. */

export const SITUATIONS = [
  'a process died and came back',
  'a process was away for hours',
  'a process died at an effect of its own',
  'a group was lost in a crash',
  'a group survived its crash',
  'a force was refused',
  'a force took long',
  'a disk was full',
  'a message was lost',
  'a cut took a message',
  'a message came twice',
  'a message was overtaken by a later one',
  'nobody was there to take a message',
  'a process stood still beyond a deadline',
  'a way was cut in one direction',
  'a way was cut in both directions',
  'a process was cut off from all others',
  'two gateways worked on one transaction',
  'all processes of a host died together',
  'a prepare was refused at the other system only',
  'a fence came before the prepare',
  'a prepare came after its fence',
  'a fence found a yes',
  'a fence found a commit',
  'a fence found a refusal',
  'a vote was given again',
  'a plan found its id taken by another',
  'a recovery pass resolved something',
  'a commit came again after the commit',
  'an abort came where nothing was prepared',
  'a prepare was refused for a lock',
  'a lock was waited for',
  'a prepare came after its deadline',
  'a write needed several attempts',
  'a caller was told that it is not known yet',
  'a caller was told of a commit that was not everywhere yet',
  'a caller heard nothing',
  'what a caller did not know had committed',
  'what a caller did not know had not committed',
  'a request was answered from its first making',
  'a key belonged to another request',
  'a careful write was refused',
  'a name was refused to a second record',
  'an overdraft was refused',
  'an order beyond the limit was refused',
  'a reference to a missing record was refused',
  'the end of a needed record was refused',
  'a deleted record was made again',
  'a native write of the CRM committed',
  'a native write of the ERP committed',
  'a write of one system alone committed',
  'an order with its lines committed',
  'a transfer committed',
  'a member of a batch could not be judged',
] as const

export type Situation = (typeof SITUATIONS)[number]
export type Coverage = Readonly<Record<Situation, number>>

export function noCoverage(): Record<Situation, number> {
  const none: Partial<Record<Situation, number>> = {}
  for (const situation of SITUATIONS) none[situation] = 0
  return none as Record<Situation, number>
}
