# Tells what an administrator would ask about the machine when the agent does not work. It only reads.
#
# It collects and never judges. The facts are described in doctor-schema.ts. What cannot be found out is null, and each fact
# fails alone.

$MaxEvents = 200
$MaxMessageLength = 2000
$MaxMembers = 1000
$EventLogKey = 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog\Application'
$Problems = New-Object System.Collections.ArrayList

function Format-Text($value, [int]$length) {
    if ($null -eq $value) { return $null }
    $text = [string]$value
    if ($text.Length -gt $length) { return $text.Substring(0, $length) }
    return $text
}

# One fact; null when it cannot be found out, which is then among the problems.
function Read-Fact([string]$name, [scriptblock]$stage) {
    try { return . $stage }
    catch {
        [void]$Problems.Add([ordered]@{ fact = $name; id = Format-Text $_.FullyQualifiedErrorId 200 })
        return $null
    }
}

# In a token that User Account Control has filtered the group is there for refusals only.
function Test-HeldBack {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $claims = @($identity.Claims | Where-Object { $_.Type -like '*/denyonlysid' -and $_.Value -eq 'S-1-5-32-544' })
    return $claims.Count -gt 0
}

function Read-Account {
    return [ordered]@{
        name                  = Read-Fact 'account' { [string][Security.Principal.WindowsIdentity]::GetCurrent().Name }
        isAdministrator       = Test-Member 'S-1-5-32-544'
        isHeldBack            = Read-Fact 'heldBack' { Test-HeldBack }
        isHyperVAdministrator = Test-Member 'S-1-5-32-578'
        isEventLogReader      = Test-Member 'S-1-5-32-573'
    }
}

# Listed, not imported: that would only show what a reading shows as well. Empty when there is none.
function Read-ModuleVersion([string]$name) {
    $found = @(Get-Module -ListAvailable -Name $name)
    if ($found.Count -eq 0) { return '' }
    return [string]$found[0].Version
}

# One name and one value are no list of Windows PowerShell, hence the object arrays.
function Read-Policies {
    return , [object[]]@(Get-ExecutionPolicy -List | ForEach-Object {
            [ordered]@{ scope = [string]$_.Scope; policy = [string]$_.ExecutionPolicy }
        })
}

# A domain controller may be asked for it, and one that is away may never answer. Then no other question is put to it.
function Invoke-Directory([scriptblock]$question, [string]$argument) {
    if (Test-Stuck 'directory') { throw 'not asked, for the directory did not answer' }
    try { $answer = @(Invoke-Aside 'directory' $question $argument) }
    catch { throw (Get-InnerRecord $_) }
    if (Test-Stuck 'directory') { throw 'the directory did not answer in time' }
    return , $answer
}

# With the names of its members, which come from the directory.
function Read-Members([string]$sid) {
    $members = Invoke-Directory { param($sid) Get-LocalGroupMember -SID $sid -ErrorAction Stop } $sid
    $sids = @($members | ForEach-Object { [string]$_.SID })
    if ($sids.Count -gt $MaxMembers) { return $null }
    return , [object[]]$sids
}

# A group managed service account is in the directory, so its SID has to be asked for.
function Read-AccountSid([string]$name) {
    $sids = Invoke-Directory {
        param($name)
        $account = New-Object Security.Principal.NTAccount $name
        [string]$account.Translate([Security.Principal.SecurityIdentifier])
    } $name
    return $sids[0]
}

function Test-EventSource([string]$service) {
    # Without the registry of Windows there is no event log either.
    $null = Get-Item -LiteralPath $EventLogKey
    return Test-Path -LiteralPath "$EventLogKey\$service"
}

function Read-AccessList([string]$path) {
    return [ordered]@{ path = $path; sddl = Read-Fact 'sddl' { [string](Get-Acl -LiteralPath $path).Sddl } }
}

function Read-Events([string]$service) {
    $filter = @{ LogName = 'Application'; ProviderName = $service }
    return , [object[]]@(Get-WinEvent -FilterHashtable $filter -MaxEvents $MaxEvents | ForEach-Object {
            [ordered]@{
                at      = Format-Time $_.TimeCreated
                id      = [int]$_.Id
                level   = [int]$_.Level
                message = Format-Text $_.Message $MaxMessageLength
            }
        })
}

function Read-Everything {
    $service = [string]$Parameters.service
    $facts = [ordered]@{
        schema               = 1
        kind                 = 'hyperv.doctor-facts'
        ps                   = [string]$PSVersionTable.PSVersion
        x64                  = [Environment]::Is64BitProcess
        languageMode         = [string]$ExecutionContext.SessionState.LanguageMode
        account              = Read-Account
        policies             = Read-Fact 'policies' { Read-Policies }
        vmms                 = Read-ServiceState 'vmms'
        hyperVModule         = Read-Fact 'module' { Read-ModuleVersion 'Hyper-V' }
        hyperVAdministrators = Read-Fact 'members' { Read-Members 'S-1-5-32-578' }
        eventLogReaders      = Read-Fact 'members' { Read-Members 'S-1-5-32-573' }
        serviceAccount       = $null
        eventSource          = Read-Fact 'eventSource' { Test-EventSource $service }
        accessLists          = [object[]]@(([string]$Parameters.paths).Split('|') | Where-Object { $_ -ne '' } | ForEach-Object { Read-AccessList $_ })
        events               = $null
    }
    $account = [string]$Parameters.account
    if ($account -ne '') { $facts.serviceAccount = Read-Fact 'serviceAccount' { Read-AccountSid $account } }
    if ($true -eq $Parameters.events) { $facts.events = Read-Fact 'events' { Read-Events $service } }
    $facts.problems = [object[]]$Problems.ToArray()
    return $facts
}

Write-Envelope (ConvertTo-Record (Read-Everything))
