# What the rest of Windows knows of the agent: groups, event source, PATH and firewall.

$EventLogKey = 'SYSTEM\CurrentControlSet\Services\EventLog\Application'
$EnvironmentKey = 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'

$Groups = @(
    @{ sid = 'S-1-5-32-578'; name = 'Hyper-V Administrators'; why = 'to see VMs' }
    @{ sid = 'S-1-5-32-573'; name = 'Event Log Readers'; why = 'to read events of Hyper-V' }
)

# ------------------------------------------------------------------------------------------------------------ groups

# By SID, since groups have other names in other languages; $null when there is no such group.
function Read-Group([string]$sid) {
    try { return Get-LocalGroup -SID $sid }
    catch {
        if ([string]$_.FullyQualifiedErrorId -like 'GroupNotFound*') { return $null }
        throw
    }
}

# $null when the members cannot be listed, which one account that was deleted is enough for.
function Test-Membership([string]$groupSid, [string]$memberSid, [string]$memberName) {
    try { $members = @(Get-LocalGroupMember -SID $groupSid) }
    catch { return $null }
    foreach ($member in $members) {
        if ([string]$member.SID -eq $memberSid -or [string]$member.Name -eq $memberName) { return $true }
    }
    return $false
}

# Whom to name to Windows: an account of a service by its SID, which works before and after the service exists.
function Get-MemberName($account, [string]$service) {
    if ($account.kind -eq 'virtual') { return Get-ServiceSid $service }
    return $account.name
}

function Add-Memberships($plan) {
    $account = $plan.account
    if ($account.kind -ne 'virtual' -and $null -ne $plan.existing) { Remove-OldMemberships $plan.service }
    switch ($account.kind) {
        'system' { Write-Step 'note' 'LocalSystem may do everything on this machine; the agent only reads. Virtual is the smaller account.' }
        'other' { Write-Step 'note' "$($account.name) was chosen by somebody else, who sees to its groups" }
        default {
            $isNew = $false
            foreach ($group in $Groups) { if (Add-Membership $plan $group) { $isNew = $true } }
            if ($isNew) { Write-Step 'note' 'Hyper-V has no group that only reads: Hyper-V Administrators may do everything with the VMs of this host. The agent only reads. Only a JEA endpoint could allow less; see docs\install.md.' }
        }
    }
}

# Of the account it had before, which nobody else can use.
function Remove-OldMemberships([string]$service) {
    foreach ($group in $Groups) {
        if (-not (Remove-Membership $service $group)) { continue }
        Add-Undo "NT SERVICE\$service in $($group.name) again" { param($it) Add-LocalGroupMember -SID $it[0] -Member $it[1] } @($group.sid, (Get-ServiceSid $service))
    }
}

# Returns whether the account has become a member. Without it the agent runs and says what it is not shown, so this costs
# nothing else.
function Add-Membership($plan, $group) {
    $member = Get-MemberName $plan.account $plan.service
    try { $found = Read-Group $group.sid }
    catch {
        Add-Unfinished "the groups of this machine cannot be read: $($_.Exception.Message) Add $member to $($group.name) ($($group.sid)) yourself, then restart the service"
        return $false
    }
    if ($null -eq $found) {
        Add-Unfinished "there is no group $($group.name) ($($group.sid)) here; when there is, run this again"
        return $false
    }
    $text = "$($plan.account.name) in $($found.Name), $($group.why)"
    if ((Test-Membership $group.sid $member $plan.account.name) -eq $true) {
        Write-Step 'unchanged' $text
        return $false
    }
    Invoke-Change 'add' $text {
        try {
            Add-LocalGroupMember -SID $group.sid -Member $member
            # A process keeps the groups it was started with.
            $Setup.restart = $true
            Add-Undo "$($plan.account.name) removed from $($found.Name)" { param($it) Remove-LocalGroupMember -SID $it[0] -Member $it[1] } @($group.sid, $member)
        }
        catch {
            if ([string]$_.FullyQualifiedErrorId -notlike 'MemberExists*') { throw }
            'unchanged'
        }
    }
    return $true
}

# Of the account that has the name of the service, and that nothing else uses. Returns whether it was a member.
function Remove-Membership([string]$service, $group) {
    $member = Get-ServiceSid $service
    try { $found = Read-Group $group.sid }
    catch {
        Add-Unfinished "the groups of this machine cannot be read: $($_.Exception.Message) Remove $member from $($group.name) ($($group.sid)) yourself"
        return $false
    }
    if ($null -eq $found -or (Test-Membership $group.sid $member "NT SERVICE\$service") -eq $false) { return $false }
    Invoke-Change 'remove' "NT SERVICE\$service from $($found.Name)" {
        try { Remove-LocalGroupMember -SID $group.sid -Member $member }
        catch {
            if ([string]$_.FullyQualifiedErrorId -notlike 'MemberNotFound*') { throw }
            'absent'
        }
    }
    return $true
}

# ------------------------------------------------------------------------------------------------------ event source

# EventCreate.exe is part of Windows and holds, for the numbers 1 to 1000, a message that is nothing but its text.
function Install-EventSource([string]$service) {
    $key = "$EventLogKey\$service"
    $old = Read-RegistryKey $key
    $file = '%SystemRoot%\System32\EventCreate.exe'
    $isRight = $null -ne $old -and [string]$old['EventMessageFile'] -eq $file -and [int]$old['TypesSupported'] -eq 7
    Set-Right ($null -ne $old) $isRight "event source $service in the Application log" {
        Write-RegistryValue $key 'EventMessageFile' 'ExpandString' $file
        Write-RegistryValue $key 'TypesSupported' 'DWord' 7
        if ($null -eq $old) { Add-Undo "event source $service removed" { param($path) Remove-RegistryKey $path } $key }
    }
}

function Uninstall-EventSource([string]$service) {
    $key = "$EventLogKey\$service"
    if ($null -eq (Read-RegistryKey $key)) { Write-Step 'absent' "event source $service" }
    else { Invoke-Change 'remove' "event source $service" { Remove-RegistryKey $key } }
}

# -------------------------------------------------------------------------------------------------------------- PATH

# A folder that holds the command alone: on the PATH of everybody there is to be no other node.exe, and no uninstall.ps1.
function Get-CommandFolder([string]$installDir) { return "$installDir\bin" }

function Read-MachinePath {
    $values = Read-RegistryKey $EnvironmentKey
    if ($null -eq $values) { return '' }
    return [string]$values['Path']
}

# Case, a last backslash and quotes do not make it another folder.
function Test-SameFolder([string]$one, [string]$other) {
    return $one.Trim('"', ' ').TrimEnd('\') -eq $other.Trim('"', ' ').TrimEnd('\')
}

# As it is written, with its variables: expanded, it would stay so for good.
function Write-MachinePath([string]$path) {
    Write-RegistryValue $EnvironmentKey 'Path' 'ExpandString' $path
    Send-EnvironmentChange
}

function Install-MachinePath([string]$installDir) {
    $folder = Get-CommandFolder $installDir
    $old = Read-MachinePath
    $isThere = @($old.Split(';') | Where-Object { Test-SameFolder $_ $folder }).Count -gt 0
    $text = "$folder in the PATH of this machine, for new windows"
    if ($isThere) {
        Write-Step 'unchanged' $text
        return
    }
    Invoke-Change 'add' $text {
        Write-MachinePath ($old.TrimEnd(';') + ';' + $folder).TrimStart(';')
        Add-Undo 'PATH as it was' { param($path) Write-MachinePath $path } $old
    }
}

function Uninstall-MachinePath([string]$installDir) {
    $folder = Get-CommandFolder $installDir
    $parts = (Read-MachinePath).Split(';')
    $kept = @($parts | Where-Object { -not (Test-SameFolder $_ $folder) })
    if ($kept.Count -eq @($parts).Count) { Write-Step 'absent' "$folder in the PATH of this machine" }
    else { Invoke-Change 'remove' "$folder from the PATH of this machine" { Write-MachinePath ($kept -join ';') } }
}

# ---------------------------------------------------------------------------------------------------------- firewall

function Read-FirewallRule([string]$name) {
    $rule = Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue
    if ($null -eq $rule) { return $null }
    $addresses = @(($rule | Get-NetFirewallAddressFilter).RemoteAddress)
    return @{
        isEnabled = [string]$rule.Enabled -eq 'True'
        program   = [string]($rule | Get-NetFirewallApplicationFilter).Program
        port      = [string]($rule | Get-NetFirewallPortFilter).LocalPort
        addresses = @($addresses | ForEach-Object { Format-Address ([string]$_) })
    }
}

# Windows gives back 10.1.0.0/16 as 10.1.0.0/255.255.0.0.
function Format-Address([string]$address) {
    $match = [regex]::Match($address, '^(.+)/(\d+)\.(\d+)\.(\d+)\.(\d+)$')
    if (-not $match.Success) { return $address -replace '/32$', '' }
    $bits = (2, 3, 4, 5 | ForEach-Object { [Convert]::ToString([int]$match.Groups[$_].Value, 2).Replace('0', '') }) -join ''
    return "$($match.Groups[1].Value)/$($bits.Length)" -replace '/32$', ''
}

function Install-FirewallRule($plan) {
    $name = $plan.service
    $program = "$($plan.installDir)\node.exe"
    $port = [string]$plan.listen.port
    $addresses = @($plan.remoteAddresses)
    $old = Read-FirewallRule $name
    $wanted = @($addresses | ForEach-Object { Format-Address $_ } | Sort-Object) -join ', '
    $isRight = $null -ne $old -and $old.isEnabled -and $old.program -eq $program -and $old.port -eq $port -and
    ((@($old.addresses) | Sort-Object) -join ', ') -eq $wanted
    Set-Right ($null -ne $old) $isRight "firewall rule $name`: port $port for $wanted" {
        if ($null -ne $old) {
            Set-NetFirewallRule -Name $name -Enabled True -Program $program -Protocol TCP -LocalPort $port -RemoteAddress $addresses
        }
        else {
            $null = New-NetFirewallRule -Name $name -DisplayName (Get-DisplayName $name) -Description 'Metrics and status page of hyperv-checkpoint-agent.' -Direction Inbound -Action Allow -Protocol TCP -LocalPort $port -Program $program -RemoteAddress $addresses
            Add-Undo "firewall rule $name removed" { param($rule) Remove-NetFirewallRule -Name $rule } $name
        }
    }
    if ($plan.listen.address -in '127.0.0.1', '::1', 'localhost') {
        Write-Step 'note' 'the agent listens on this machine alone: the rule lets nobody in before web.listen in agent.yml says so'
    }
}

function Uninstall-FirewallRule([string]$name) {
    if ($null -eq (Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue)) { Write-Step 'absent' "firewall rule $name" }
    else { Invoke-Change 'remove' "firewall rule $name" { Remove-NetFirewallRule -Name $name } }
}
