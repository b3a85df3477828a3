import type { Check } from '../check.ts';
import {
  exceptionsAreDistinct,
  exceptionsAreNarrow,
  exceptionsEndSomeDay,
  exceptionsReachTheirKinds,
  exceptionsReachTheirRules,
  exceptionsSaySomething,
} from './exceptions.ts';
import { hostNamesAreNames, hostsAreListedOnce, hostsAreThisMachine } from './hosts.ts';
import { kindsAreDefinedWell, kindsInRulesAreKnown, presetsAreKnown } from './kinds.ts';
import { logIsFileOfItsOwn } from './log.ts';
import {
  addressesArePlausible,
  caFileIsReadable,
  loginIsComplete,
  mailIsEncrypted,
  mailServerIsHostName,
  passwordIsReadable,
  recipientsAreListedOnce,
} from './mail.ts';
import {
  overridesAreAboutVms,
  overridesDoNotHideEachOther,
  overridesSaySomething,
  tagsAreWords,
} from './overrides.ts';
import { levelsAreInOrder, rulesAreNotLeftEmpty } from './rules.ts';
import {
  cronDaysAreMeant,
  cronIsValid,
  jitterIsShorterThanEvery,
  scansAreNotTooOften,
  scheduleIsEveryOrCron,
  timeoutFitsSchedule,
  timeZoneIsKnown,
} from './schedule.ts';
import { webStaysOnLoopback } from './web.ts';

/** Everything that is checked beyond the schema. A new check adds one line here. */
export const CHECKS: readonly Check[] = [
  hostNamesAreNames,
  hostsAreListedOnce,
  hostsAreThisMachine,
  scheduleIsEveryOrCron,
  cronIsValid,
  cronDaysAreMeant,
  timeZoneIsKnown,
  jitterIsShorterThanEvery,
  scansAreNotTooOften,
  timeoutFitsSchedule,
  presetsAreKnown,
  kindsAreDefinedWell,
  kindsInRulesAreKnown,
  levelsAreInOrder,
  rulesAreNotLeftEmpty,
  tagsAreWords,
  overridesSaySomething,
  overridesAreAboutVms,
  overridesDoNotHideEachOther,
  exceptionsSaySomething,
  exceptionsReachTheirRules,
  exceptionsReachTheirKinds,
  exceptionsAreDistinct,
  exceptionsAreNarrow,
  exceptionsEndSomeDay,
  addressesArePlausible,
  recipientsAreListedOnce,
  mailServerIsHostName,
  mailIsEncrypted,
  loginIsComplete,
  passwordIsReadable,
  caFileIsReadable,
  webStaysOnLoopback,
  logIsFileOfItsOwn,
];
