import type { HostError } from '../host/host';
import type { Messages } from '../i18n/en';

/** What went wrong, in the user's language. A query's own words are the last resort for problems that are new. */
export function describeError(error: Pick<HostError, 'code' | 'message' | 'params'>, messages: Messages): string {
  const { code, message, params } = error;
  if (code === 'query') {
    const problem = messages.queryProblems[params.problem ?? ''];
    return problem ? problem(params) : message;
  }
  if (code === 'retrying') return messages.retrying(named(params.problem ?? '', messages), Number(params.seconds ?? 0));
  return named(code, messages);
}

function named(code: string, messages: Messages): string {
  return messages.errors[code] ?? messages.errors.unexpected ?? code;
}
