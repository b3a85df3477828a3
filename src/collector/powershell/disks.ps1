# The disks that the VMs write to now.

function Read-Disk($drive, $errors) {
    $number = Read-Property $drive 'DiskNumber'
    $path = [string](Read-Property $drive 'Path')
    $slot = '{0}:{1}:{2}' -f $drive.ControllerType, $drive.ControllerNumber, $drive.ControllerLocation
    $kind = 'vhd'
    if ($null -ne $number) { $kind = 'passthrough' }
    elseif ($path -eq '') { $kind = 'empty' }
    elseif ($path -like '*.vhds') { $kind = 'vhdset' }
    if ($kind -eq 'passthrough' -and $path -eq '') { [void]$errors.Add((New-Problem 'DISK_PATH_NULL' $null $slot)) }
    if ($path -eq '') { $path = $null }
    return [ordered]@{
        slot = $slot; kind = $kind; path = $path; diskNumber = $number
        shared = $true -eq (Read-Property $drive 'SupportPersistentReservations')
    }
}

function Add-Drive($entry, $drive) {
    try { [void]$entry.disks.Add((Read-Disk $drive $entry.errors)) }
    catch {
        [void]$entry.errors.Add((New-Problem 'DISKS_FAILED' $_ $null))
        $entry.unreadableDisks = $true
    }
}

function Read-CurrentDisks($entries) {
    foreach ($entry in $entries.Values) { $entry.disks = New-Object System.Collections.ArrayList }
    $vms = @($entries.Values | ForEach-Object { $_.vm })
    $all = { Hyper-V\Get-VMHardDiskDrive -VM $vms -ErrorAction SilentlyContinue -ErrorVariable failures }
    Invoke-Bulk $entries $all {
        param($drive)
        $entry = $entries[[string](Format-Guid (Read-Property $drive 'VMId'))]
        if ($null -eq $entry) { Add-HostProblem 'ENUMERATION_FAILED' 'a disk names no VM of this host' $null }
        else { Add-Drive $entry $drive }
    }
    # One bad VM can empty the answer for all of them, without an error. One without disks is rare: it is asked alone, too.
    $emptied = @($entries.Values | Where-Object { $_.disks.Count -gt 0 }).Count -eq 0
    foreach ($entry in $entries.Values) {
        $isLeftOut = $entry.disks.Count -eq 0 -and -not $entry.unreadableDisks
        if ($entry.askAgain -or $isLeftOut) { Read-OwnDisks $entry }
        $entry.askAgain = $false
    }
    if ($emptied -and @($entries.Values | Where-Object { $null -ne $_.disks -and $_.disks.Count -gt 0 }).Count -gt 0) {
        foreach ($entry in $entries.Values) {
            if ($null -eq $entry.disks -or $entry.disks.Count -gt 0) { continue }
            $entry.disks = $null
            [void]$entry.errors.Add((New-Problem 'DISKS_FAILED' 'asked together with this VM, no VM had disks' $null))
        }
    }
}

function Read-OwnDisks($entry) {
    $entry.disks.Clear()
    try { foreach ($drive in @(Hyper-V\Get-VMHardDiskDrive -VM $entry.vm)) { Add-Drive $entry $drive } }
    catch {
        $entry.disks = $null
        $code = 'DISKS_FAILED'
        if ((Get-Cause $_) -eq 'gone') { $code = 'VM_GONE' }
        [void]$entry.errors.Add((New-Problem $code $_ $null))
    }
}

function Test-Avhd($disk) {
    if ($null -eq $disk) { return $false }
    return $disk.kind -eq 'vhd' -and [string]$disk.path -match '\.avhdx?$'
}

function Get-DiskPath($entry) {
    $lists = @(, $entry.disks)
    foreach ($checkpoint in @($entry.checkpoints)) { if ($null -ne $checkpoint) { $lists += , $checkpoint.disks } }
    foreach ($list in $lists) {
        foreach ($disk in @($list)) {
            if ($null -ne $disk -and ($disk.kind -eq 'vhd' -or $disk.kind -eq 'vhdset')) { $disk.path }
        }
    }
}
