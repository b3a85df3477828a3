import { errorInfo } from '../../collect-error.ts';
import { plainText } from '../../render/plain-text.ts';
import { type DoctorCheck, ok, problem, unknown, whenKnown } from '../check.ts';

export const HYPER_V_MODULE: DoctorCheck = {
  name: 'hyper-v-module',
  looksAt: 'whether the Hyper-V module of PowerShell is installed, and its version',
  minds: 'A problem without it.',
  isForWindows: true,
  judge: ({ shell }) =>
    whenKnown(shell, ({ hyperVModule }) => {
      if (hyperVModule === null) return unknown('the modules could not be listed');
      if (hyperVModule !== '') return ok(`version ${plainText(hyperVModule, 40)}`);
      const { meaning, advice } = errorInfo('MODULE_MISSING');
      return problem(meaning, advice);
    }),
};

export const VMMS: DoctorCheck = {
  name: 'vmms',
  looksAt: 'whether the Virtual Machine Management service (vmms) runs',
  minds: 'A problem when it does not, or is not there.',
  isForWindows: true,
  judge: ({ shell }) =>
    whenKnown(shell, ({ vmms }) => {
      if (vmms === null) return unknown('the service could not be asked');
      if (vmms === 'Running') return ok('the Virtual Machine Management service runs');
      const { meaning, advice } = errorInfo(vmms === 'Missing' ? 'NO_HYPERV_ROLE' : 'VMMS_STOPPED');
      return problem(vmms === 'Missing' ? meaning : `${meaning} (${plainText(vmms, 40)})`, advice);
    }),
};
