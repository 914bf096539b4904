import { GraphQLError } from 'graphql'

/** What a caller got wrong about an argument, in words that say what to send instead. */
export function badArgument(argumentName: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argumentName } })
}
