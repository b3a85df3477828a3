<#
.SYNOPSIS
    Removes hyperv-checkpoint-agent from this machine. Configuration, database and logs stay, unless -Purge says otherwise.

.DESCRIPTION
    Run it as an administrator, from the folder of the program or from the unpacked archive. What is not there is passed
    over, so it can be run again after it was interrupted. No checkpoint and no VM is touched.

    Exit codes:
      0  done
      1  failed: something is still there; run it again when what it says is mended
      2  refused; nothing was changed: a wrong option, or something that must hold first, such as the rights of an
         administrator
      3  done, but somebody has something left to do; the lines "unfinished" say what

.PARAMETER InstallDir
    Folder of the program. Where the service says it is, unless given; without a service
    %ProgramFiles%\hyperv-checkpoint-agent.

.PARAMETER DataDir
    Folder of configuration, database and logs. Where the service says it is, unless given; without a service
    %ProgramData%\hyperv-checkpoint-agent.

.PARAMETER ServiceName
    Name of the service.

.PARAMETER KeepProgram
    Leaves the folder of the program, for Windows Installer to remove it.

.PARAMETER AfterProcess
    Number of a process that runs from the folder of the program and has started this script, as "checkpoint-agent
    service uninstall" does. The folder is removed as soon as that process has ended.

.PARAMETER Purge
    Also removes the data folder, with configuration, passwords, alerts and logs.

.EXAMPLE
    .\uninstall.ps1 -WhatIf

    Says what would be removed, and removes nothing.

.EXAMPLE
    powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\Program Files\hyperv-checkpoint-agent\uninstall.ps1" -Purge

    Removes everything without a question.
#>
[CmdletBinding(SupportsShouldProcess, PositionalBinding = $false)]
param(
    [string]$InstallDir = '',
    [string]$DataDir = '',
    [string]$ServiceName = 'hyperv-checkpoint-agent',
    [switch]$KeepProgram,
    [int]$AfterProcess = 0,
    [switch]$Purge,
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

function Get-Plan {
    Test-Options $Unknown $ServiceName
    $machine = Test-Machine
    $installed = Find-Installed $ServiceName
    $folders = @{ installDir = $null; dataDir = $null }
    if ($null -ne $installed) { $folders = $installed }
    $plan = @{
        service    = $ServiceName
        serviceSid = Get-ServiceSid $ServiceName
        machine    = $machine
        existing   = $installed
        installDir = Select-Folder '-InstallDir' $InstallDir $folders.installDir "$env:ProgramFiles\$AgentName"
        dataDir    = Select-Folder '-DataDir' $DataDir $folders.dataDir "$env:ProgramData\$AgentName"
    }
    $removed = @(Get-Leftovers $plan.installDir)
    if (-not $KeepProgram) { $removed += $plan.installDir }
    if ($Purge) { $removed += $plan.dataDir }
    Test-OtherServices $ServiceName $removed
    return $plan
}

function Uninstall-Agent($plan) {
    Uninstall-Service $plan
    Uninstall-EventSource $plan.service
    Uninstall-FirewallRule $plan.service
    Uninstall-MachinePath $plan.installDir
    $folder = $plan.installDir
    foreach ($leftover in Get-Leftovers $folder) { Uninstall-Leftover $leftover }
    if ($KeepProgram) { Write-Step 'kept' "program in $folder, for Windows Installer to remove" }
    elseif (Test-Path -LiteralPath $folder) { Uninstall-Program $folder }
    else { Write-Step 'absent' "program in $folder" }
    Uninstall-Data $plan
}

function Uninstall-Service($plan) {
    $name = $plan.service
    if ($null -eq $plan.existing) {
        foreach ($group in $Groups) { $null = Remove-Membership $name $group }
        Write-Step 'absent' "service $name"
        return
    }
    if ((Read-ServiceStatus $name) -notin 'Missing', 'Stopped') { Invoke-Change 'stop' "service $name" { Stop-Agent $name } }
    # Before its account is gone with it.
    foreach ($group in $Groups) { $null = Remove-Membership $name $group }
    if ((Get-AccountKind $plan.existing.account $name) -in 'gmsa', 'other') {
        Write-Step 'kept' "groups of $($plan.existing.account), which others may use as well"
    }
    # 1072: somebody has deleted it already.
    Invoke-Change 'remove' "service $name" { Invoke-Sc 'delete', $name 1072 }
    if ($WhatIfPreference -or (Wait-Until 10 { $null -eq (Read-Service $name) })) { return }
    Add-Unfinished "service $name is marked for deletion: it goes when services.msc, Task Manager and other programs that show services are closed, or with the next start of Windows"
}

# Half of one is no less a leftover.
function Uninstall-Leftover([string]$folder) {
    try { Remove-Leftover $folder }
    catch { Add-Left $_ }
}

# Something is still there, which keeps nothing else from being removed.
function Add-Left($record) {
    $Setup.Remove('said')
    Add-Unfinished ([string]$record.Exception.Message)
}

# Renamed first: a folder of which a file is in use stays whole, and can be removed later.
function Uninstall-Program([string]$folder) {
    if (Test-Link $folder) {
        Add-Unfinished "$folder is a link: remove it yourself, and look where it leads"
        return
    }
    if (-not (Test-OurProgram $folder)) {
        Add-Unfinished "$folder does not look like this agent: remove it yourself if it is"
        return
    }
    try {
        if ($AfterProcess -gt 0 -and (Test-RunsFrom $AfterProcess $folder)) { Uninstall-ProgramLater $folder }
        else {
            Invoke-Change 'remove' "program in $folder" {
                Rename-Folder $folder "$folder.removed"
                Remove-Tree "$folder.removed"
            }
        }
    }
    catch { Add-Left $_ }
}

function Uninstall-ProgramLater([string]$folder) {
    Invoke-Change 'remove' "program in $folder, as soon as this command has ended" {
        $null = New-Item -ItemType Directory -Path "$folder\$GoingMark" -Force
        Start-Aside (Get-PowerShellPath) @('-NoProfile', '-NonInteractive', '-Command', (Get-LaterRemoval $folder $AfterProcess))
    }
}

function Uninstall-Data($plan) {
    $folder = $plan.dataDir
    if (-not (Test-Path -LiteralPath $folder)) { Write-Step 'absent' "data in $folder" }
    elseif (-not $Purge) { Write-Step 'kept' "$folder with configuration, database and logs; -Purge removes it" }
    elseif (Test-Link $folder) { Add-Unfinished "$folder is a link: remove it yourself, and look where it leads" }
    elseif (-not (Test-Path -LiteralPath "$folder\state")) { Add-Unfinished "$folder does not look like the data of this agent: remove it yourself if it is" }
    else { Invoke-Change 'remove' "$folder with configuration, database and logs" { Remove-Tree $folder } }
}

$isDone = $false
$text = ''
try {
    $plan = Get-Plan
    if (-not $WhatIfPreference -and -not $PSCmdlet.ShouldProcess("$AgentName in $($plan.installDir)", 'Uninstall')) { Stop-Refused 'somebody said no' }
    # Else each command in it would ask again.
    $ConfirmPreference = 'None'
    Enter-SystemFolder
    Uninstall-Agent $plan
    $text = "$AgentName is removed."
    $isDone = $true
}
catch {
    Write-Failure $_
    $Setup.outcome = 'It is not removed, or not all of it.'
    if ($Setup.exitCode -eq 2) { $Setup.outcome = 'Nothing was changed.' }
}
exit (Complete-Setup $isDone $text)
