import { type PackageFile, sha256 } from './files.ts';
import { uuid } from './uuid.ts';

/** Never changes: by it Windows Installer knows another version of this agent. */
export const UPGRADE_CODE = '8A3D5C52-6F0B-4B0E-9C1D-2E7B4C9F6A10';

/** As install.ps1 demands it: Windows Server 2016, Windows 10 1607. */
export const OLDEST_BUILD = 14_393;

/** The folder of the program. Not in capitals, so that nobody can choose another one: updates would not know of it. */
const PROGRAM_FOLDER = 'ProgramFolder';

/** Windows Installer counts with three numbers, and knows nothing of `-rc.1`. */
export const msiVersion = (version: string): string => version.replace(/-.*/, '');

/**
 * What wixl makes the MSI of: each file a component, in the folders they have in the archive.
 * @param staged the folder in which wixl finds the files
 */
export function msiSource(
  files: readonly Pick<PackageFile, 'name'>[],
  version: string,
  staged: string,
): string {
  const names = files.map(({ name }) => name);
  const references = names.map((name) => `      <ComponentRef Id="${idOf('c', name)}"/>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="${uuid(`product ${version}`)}" UpgradeCode="${UPGRADE_CODE}" Name="Hyper-V Checkpoint Agent"
           Version="${msiVersion(version)}" Manufacturer="hyperv-checkpoint-agent" Language="1033">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"
             Comments="Finds forgotten Hyper-V checkpoints. It only reads."/>
    <MajorUpgrade DowngradeErrorMessage="A newer version is installed. Its database may be of no use to this one: see docs\\install.md."/>
    <!-- From the registry: to an installer that is not of today Windows itself says that it is version 6.3. -->
    <Property Id="WINDOWS_BUILD">
      <RegistrySearch Id="WindowsBuild" Root="HKLM" Key="SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
                      Name="CurrentBuildNumber" Type="raw" Win64="yes"/>
    </Property>
    <Condition Message="This is Windows build [WINDOWS_BUILD]: Windows Server 2016 or Windows 10 1607 (build ${OLDEST_BUILD}) is the oldest that works.">Installed OR WINDOWS_BUILD &gt;= ${OLDEST_BUILD}</Condition>
    <Media Id="1" Cabinet="agent.cab" EmbedCab="yes"/>
    <Property Id="START" Value="1"/>
    <!-- Empty when there is no such service. -->
    <Property Id="SERVICE_BEFORE">
      <RegistrySearch Id="ServiceBefore" Root="HKLM" Key="SYSTEM\\CurrentControlSet\\Services\\hyperv-checkpoint-agent"
                      Name="Start" Type="raw" Win64="yes"/>
    </Property>
    <Property Id="ARPNOMODIFY" Value="1"/>
    <!-- Also a file that is older than the one it replaces: all are of one version. -->
    <Property Id="REINSTALLMODE" Value="amus"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="System64Folder" Name="System64"/>
      <Directory Id="WindowsFolder" Name="Windows"/>
      <Directory Id="ProgramFiles64Folder" Name="PFiles">
${folderElement(PROGRAM_FOLDER, 'hyperv-checkpoint-agent', '', names, staged, 8)}
      </Directory>
    </Directory>
    <Feature Id="Agent" Title="Agent" Level="1">
${references.join('\n')}
    </Feature>
  </Product>
</Wix>
`;
}

/** @param prefix of the names in it, such as `docs/`; empty for the program's folder itself */
function folderElement(
  id: string,
  title: string,
  prefix: string,
  names: readonly string[],
  staged: string,
  indent: number,
): string {
  const pad = ' '.repeat(indent);
  const inside = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const files = inside.filter((name) => !name.includes('/'));
  const folders = [
    ...new Set(inside.filter((name) => name.includes('/')).map((name) => name.split('/')[0] ?? '')),
  ];
  return [
    `${pad}<Directory Id="${id}" Name="${title}">`,
    ...files.map((name) => componentElement(prefix + name, name, staged, indent + 2)),
    ...folders.map((name) => {
      const below = `${prefix}${name}/`;
      return folderElement(idOf('d', below), name, below, names, staged, indent + 2);
    }),
    `${pad}</Directory>`,
  ].join('\n');
}

function componentElement(name: string, title: string, staged: string, indent: number): string {
  const pad = ' '.repeat(indent);
  // Stopped before its files are replaced or removed. Everything else about the service is for install.ps1.
  const control =
    name === 'node.exe'
      ? `\n${pad}  <ServiceControl Id="Service" Name="hyperv-checkpoint-agent" Stop="both" Wait="yes"/>`
      : '';
  return `${pad}<Component Id="${idOf('c', name)}" Guid="${uuid(`component ${name}`)}" Win64="yes">
${pad}  <File Id="${idOf('f', name)}" Name="${escapeXml(title)}" Source="${escapeXml(`${staged}/${name}`)}" KeyPath="yes"/>${control}
${pad}</Component>`;
}

/** Windows Installer takes 72 letters, digits, dots and underscores. */
function idOf(kind: 'c' | 'd' | 'f', name: string): string {
  return `${kind}${sha256(Buffer.from(name)).slice(0, 20)}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
