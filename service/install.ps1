<#
.SYNOPSIS
    Installs hyperv-checkpoint-agent as a Windows service, or updates the one that is there.

.DESCRIPTION
    Run it as an administrator from the folder into which the archive was unpacked. It can be run again at any time:
    what is right already stays as it is. Each step is one line: created, updated, unchanged, kept. When a step fails,
    those before it are undone, and the version before runs again.

    The service starts by itself, reads the checkpoints of this host and listens on 127.0.0.1:9753. Configuration,
    database and logs are in the data folder; an update keeps them.

    Exit codes:
      0  done
      1  failed; what had been changed was changed back
      2  refused; nothing was changed: a wrong option, or something that must hold first, such as the rights of an
         administrator
      3  done, but somebody has something left to do; the lines "unfinished" say what

.PARAMETER InstallDir
    Folder of the program, %ProgramFiles%\hyperv-checkpoint-agent unless given. It is replaced as a whole by an update.

.PARAMETER DataDir
    Folder of configuration, database and logs, %ProgramData%\hyperv-checkpoint-agent unless given. Only SYSTEM,
    Administrators and the service get in.

.PARAMETER ServiceName
    Name of the service, of its event source and of its firewall rule.

.PARAMETER ServiceAccount
    Virtual: the account NT SERVICE\<name> that Windows keeps for this service alone; what is used unless given. LocalSystem:
    may do everything on this machine. DOMAIN\name$: a group managed service account. None of them has a password that
    anybody knows; accounts with one are refused. An update keeps the account unless this is given.

.PARAMETER ConfigFile
    Configuration to begin with. It is copied to agent.yml in the data folder when there is none yet.

.PARAMETER ListenAddress
    Address of page and metrics, written into a new configuration only; 127.0.0.1 unless given. 0.0.0.0 is all of them.

.PARAMETER ListenPort
    Port of page and metrics, written into a new configuration only; 9753 unless given.

.PARAMETER Firewall
    Lets those of -RemoteAddress in at the port, by a rule of Windows Firewall.

.PARAMETER RemoteAddress
    Who may come in: addresses, networks (10.1.0.0/16), ranges, LocalSubnet or Any, separated by commas. LocalSubnet
    unless given.

.PARAMETER NoStart
    Leaves the service stopped.

.PARAMETER NoPath
    Leaves the PATH of this machine as it is, so that checkpoint-agent must be called with its folder.

.PARAMETER CopyDatabase
    Copies the database before the service starts, also where the program is already the one to be installed: for Windows
    Installer, which puts the files of another version there before it runs this.

.PARAMETER Force
    Goes on where it would refuse for caution: an older version than the one installed, or a data folder that belongs to
    somebody else, which is then put aside.

.EXAMPLE
    .\install.ps1 -WhatIf

    Says what would be done, and does none of it.

.EXAMPLE
    powershell.exe -NoProfile -ExecutionPolicy Bypass -File .\install.ps1 -ListenAddress 0.0.0.0 -Firewall -RemoteAddress 10.1.2.3

    Installs without a question, for Prometheus on 10.1.2.3.
#>
[CmdletBinding(SupportsShouldProcess, PositionalBinding = $false)]
param(
    [string]$InstallDir = '',
    [string]$DataDir = '',
    [string]$ServiceName = 'hyperv-checkpoint-agent',
    [string]$ServiceAccount = '',
    [string]$ConfigFile = '',
    [string]$ListenAddress = '',
    [string]$ListenPort = '',
    [switch]$Firewall,
    [string[]]$RemoteAddress = @(),
    [switch]$NoStart,
    [switch]$NoPath,
    [switch]$CopyDatabase,
    [switch]$Force,
    [Parameter(DontShow, ValueFromRemainingArguments)]$Unknown = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Before anything else is read, since nearly nothing works then.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Output "  refused    PowerShell runs in $($ExecutionContext.SessionState.LanguageMode) here: a policy (App Control, AppLocker) must trust these scripts first. Nothing was changed."
    exit 2
}

foreach ($part in 'say', 'names', 'windows', 'service', 'machine', 'files', 'data', 'preflight') { . "$PSScriptRoot\setup\$part.ps1" }

# Everything that has to be known before something is changed.
function Get-Plan {
    Test-Options $Unknown $ServiceName
    $machine = Test-Machine
    $installed = Find-Installed $ServiceName
    $folders = @{ installDir = $null; dataDir = $null; account = '' }
    if ($null -ne $installed) { $folders = $installed }
    $plan = @{
        service         = $ServiceName
        serviceSid      = Get-ServiceSid $ServiceName
        machine         = $machine
        existing        = $installed
        package         = Read-Package (Get-PackageFolder)
        installDir      = Select-Folder '-InstallDir' $InstallDir $folders.installDir "$env:ProgramFiles\$AgentName"
        dataDir         = Select-Folder '-DataDir' $DataDir $folders.dataDir "$env:ProgramData\$AgentName"
        account         = Select-Account $folders.account
        remoteAddresses = Resolve-RemoteAddress $RemoteAddress
        copy            = ''
        answers         = $false
    }
    if ($plan.remoteAddresses.Length -eq 0) { $plan.remoteAddresses = @('LocalSubnet') }
    elseif (-not $Firewall) { Stop-Refused '-RemoteAddress says who may come in by the rule of -Firewall, which is not given' }
    $plan.isInPlace = $plan.package.folder -eq $plan.installDir
    $plan.installedVersion = Read-Version $plan.installDir
    Write-Step 'checked' $plan.package.checked
    Test-Plan $plan
    return $plan
}

function Test-Plan($plan) {
    Test-Folders $plan
    $state = "$($plan.dataDir)\state"
    Test-Drive '-InstallDir' $plan.installDir (3 * $plan.package.bytes)
    Test-Drive '-DataDir' $plan.dataDir (2 * (Measure-Database $state) + 50 * $Mebibyte)
    Test-AgentVersion $plan $Force
    if ($null -ne $plan.existing -and $plan.existing.isLeaving) { Stop-Refused "the service $($plan.service) is marked for deletion: close services.msc, Task Manager and other programs that show services, or restart Windows, then run this again" }
    Test-Stranger $plan $Force
    Read-ListenOptions $plan $ListenAddress $ListenPort $ConfigFile
    Select-Config $plan $ConfigFile
    Test-Agent $plan
    $plan.listen = Read-PlannedListen $plan
    Test-AgentPort $plan
}

# As given, else the one it has, else the one that can do least.
function Select-Account([string]$present) {
    if ($ServiceAccount -ne '') { return Resolve-Account $ServiceAccount $ServiceName }
    if ($present -ne '') { return @{ name = $present; kind = Get-AccountKind $present $ServiceName } }
    return Resolve-Account 'Virtual' $ServiceName
}

function Install-Agent($plan) {
    $isSame = $plan.isInPlace -or (Test-SameFiles $plan.package $plan.installDir)
    $isRunning = (Read-ServiceStatus $plan.service) -notin 'Missing', 'Stopped'
    Install-DataFolders $plan
    Install-Config $plan
    if (-not $isSame) { Copy-Package $plan }
    if ($isRunning -and (-not $isSame -or $CopyDatabase -or (Test-ServiceChange $plan))) { Suspend-Agent $plan }
    if ($isSame) {
        Write-Step 'unchanged' "program in $($plan.installDir), version $($plan.package.version)"
        Install-ProgramRights $plan.installDir
    }
    else { Move-OldProgram $plan }
    if ($CopyDatabase -or $plan.installedVersion -ne $plan.package.version) { Copy-Database $plan ($CopyDatabase -or $plan.installedVersion -ne '') }
    if (-not $isSame) { Install-Program $plan }
    Install-Service $plan
    Install-EventSource $plan.service
    Add-Memberships $plan
    if (-not $NoPath) { Install-MachinePath $plan.installDir }
    if ($Firewall) { Install-FirewallRule $plan }
    Start-Installed $plan
    Remove-OldProgram $plan
    Remove-OldCopies $plan
}

# Started again when something goes wrong later on.
function Suspend-Agent($plan) {
    $version = $plan.installedVersion
    if ($version -eq '') { $version = 'as it was' }
    Add-LastUndo "service $($plan.service) runs again, version $version" { param($it) Start-Agent $it[0] $it[1] } @($plan.service, (Get-AgentUrl $plan.listen))
    $Setup.suspended = $true
    Invoke-Change 'stop' "service $($plan.service)" { Stop-Agent $plan.service }
}

function Start-Installed($plan) {
    $name = $plan.service
    $url = Get-AgentUrl $plan.listen
    $isRunning = (Read-ServiceStatus $name) -eq 'Running' -and -not $Setup.suspended
    if ($isRunning -and -not $Setup.restart) {
        Write-Step 'unchanged' "service $name, which answers at $url"
        return
    }
    if ($isRunning) { Suspend-Agent $plan }
    if ($null -ne $plan.existing -and $plan.existing.isDisabled) { Add-Unfinished "service $name is disabled, as somebody has set it: sc.exe config $name start= delayed-auto" }
    elseif ($NoStart) { Write-Step 'kept' "service $name stopped; it starts with Windows, or with: sc.exe start $name" }
    else {
        Invoke-Change 'start' "service $name, which answers at $url" {
            Add-Undo "service $name stopped" { param($service) Stop-Agent $service } $name
            Start-Agent $name $url
        }
        $plan.answers = $true
    }
}

$isDone = $false
$text = ''
try {
    $plan = Get-Plan
    # -Confirm asks once for all of it, so that what is made is whole.
    $what = "$AgentName $($plan.package.version) in $($plan.installDir)"
    if (-not $WhatIfPreference -and -not $PSCmdlet.ShouldProcess($what, 'Install')) { Stop-Refused 'somebody said no' }
    # Else each command in it would ask again.
    $ConfirmPreference = 'None'
    Install-Agent $plan
    $text = "$AgentName $($plan.package.version) is installed."
    $isDone = $true
}
catch { Write-Failure $_ }
finally {
    # Also when it is interrupted with Ctrl+C, which no catch sees.
    if (-not $isDone) { Undo-Setup }
}
exit (Complete-Setup $isDone $text)
