import type { Language } from './language.svelte';

/**
 * The engine gives its reasons in English sentences, which the window shows as they are. For other languages the known
 * ones are said anew; `$1`… are the parts in parentheses. A sentence that is not here is shown in English.
 */
const korean: [RegExp, string][] = [
  [/^the file is empty$/, '빈 파일입니다'],
  [/^not a picture in a known format$/, '알려진 사진 형식이 아닙니다'],
  [/^cannot be read: (.+)$/, '읽을 수 없습니다 ($1)'],
  [/^cannot be listed: (.+)$/, '폴더를 열 수 없습니다 ($1)'],
  [/^(.+): the file is cut off$/, '$1: 파일이 중간에 잘려 있습니다'],
  [/^(.+): damaged \((.+)\)$/, '$1: 파일이 손상되었습니다 ($2)'],
  [/^(.+): the decoder failed on this file$/, '$1: 이 파일을 해석하지 못했습니다'],
  [/^(.+): (.+) is not supported$/, '$1: 지원하지 않는 방식입니다 ($2)'],
  [/^the file has (.+), the limit is (.+)$/, '파일이 너무 큽니다 ($1, 한도 $2)'],
  [/^(.+) pixels are more than the limit of (\d+) megapixels$/, '화소가 너무 많습니다 ($1, 한도 $2메가픽셀)'],
  [/^(.+): decoding needs more than (.+) of memory$/, '$1: 여는 데 $2보다 많은 메모리가 필요합니다'],
  [/^the program failed on it$/, '처리하는 중에 문제가 생겼습니다'],
  [/^no GPU was found \((.+) computes with the CPU\)$/, '사용할 수 있는 GPU가 없습니다 ($1은 CPU로 계산합니다)'],
  [/^no GPU was found$/, '사용할 수 있는 GPU가 없습니다'],
  [/^no GPU could be opened \((.+)\)$/, 'GPU를 열 수 없습니다 ($1)'],
  [/^the GPU could not be opened \((.+)\)$/, 'GPU를 열 수 없습니다 ($1)'],
  [/^the GPU was asked for$/, '설정에서 GPU를 선택했습니다'],
  [/^the CPU was asked for$/, '설정에서 CPU를 선택했습니다'],
  [/^a GPU was found$/, 'GPU를 찾았습니다'],
  [/^the program stopped while (.+), at an earlier start; .+$/, '이전 실행에서 GPU를 쓰던 중 프로그램이 멈췄습니다'],
  [/^(\d+) threads$/, '스레드 $1개'],
];

/** A reason that the engine gave, in the user's language where that is known. */
export function sayReason(reason: string, language: Language): string {
  if (language !== 'ko') return reason;
  for (const [pattern, said] of korean) if (pattern.test(reason)) return reason.replace(pattern, said);
  return reason;
}
