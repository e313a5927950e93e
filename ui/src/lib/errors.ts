import type { HostError } from '../host/host';
import type { Messages } from '../i18n/en';

/** What went wrong, in the user's language. The host's own words are the last resort, for what has no code of its own. */
export function describeError(error: HostError, messages: Messages): string {
  if (error.code === 'query') {
    const problem = messages.queryProblems[error.params.problem ?? ''];
    return problem ? problem(error.params) : error.message;
  }
  return messages.errors[error.code] ?? messages.errors.unexpected ?? error.message;
}
