import type { DeviceInUse } from '../host/types';
import type { Messages } from '../i18n/en';
import type { Language } from '../i18n/language.svelte';
import { sayReason } from '../i18n/reasons';

/** "GPU: …" or "CPU: …, because …": what the networks run on, and why where that is not what one would wish. */
export function describeDevice(device: DeviceInUse, messages: Messages, language: Language, always = false): string {
  const name = sayReason(device.name, language);
  const text = device.kind === 'gpu' ? messages.deviceGpu(name) : messages.deviceCpu(name);
  if (device.reason === '' || (device.kind === 'gpu' && !always)) return text;
  return messages.deviceBecause(text, sayReason(device.reason, language));
}
