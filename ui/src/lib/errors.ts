import type { HostError } from '../host/host';
import type { Messages } from '../i18n/en';

/**
 * What went wrong with a model or its download has one code, `model`; which of these it is, only its words tell. What is
 * not here is shown as `model`, with the words below.
 */
const OF_MODELS: [RegExp, string][] = [
  [/could not be looked up/, 'dns'],
  [/no (encrypted )?connection/, 'connect'],
  [/^.*the proxy .* did not let/, 'proxy'],
  [/refuses to give the file/, 'refused'],
  [/does not have the file/, 'not-there'],
  [/cannot answer at the moment/, 'server-busy'],
  [/stopped sending|broke off/, 'broken-off'],
  [/the disk is too full/, 'disk-full'],
  [/SHA-256 is|bytes long, expected/, 'checksum'],
  [/being changed by another program/, 'model-in-use'],
  [/the mirror .* is not usable/, 'mirror'],
  [/no GPU can be used/, 'no-gpu'],
];

/** What went wrong, in the user's language. A query's own words are the last resort for problems that are new. */
export function describeError(error: Pick<HostError, 'code' | 'message' | 'params'>, messages: Messages): string {
  if (error.code === 'query') {
    const problem = messages.queryProblems[error.params.problem ?? ''];
    return problem ? problem(error.params) : error.message;
  }
  if (error.code === 'retrying') {
    return messages.retrying(
      describeError({ code: 'model', message: error.message, params: {} }, messages),
      Number(error.params.seconds ?? 0),
    );
  }
  const refined = error.code === 'model' ? OF_MODELS.find(([words]) => words.test(error.message))?.[1] : undefined;
  return messages.errors[refined ?? error.code] ?? messages.errors.unexpected ?? error.message;
}
